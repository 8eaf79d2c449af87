/** One's own answer as it was sent, under what it was about; a later revision shows what was mended. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Picture } from "../annotate/Picture";
import { Subject } from "../annotate/Subject";
import { pictures } from "../annotate/subject_cards";
import type { Schema, TaskItem } from "../api/types";
import { ItemContext, type QuestionItem } from "../questions/kind";
import { useQuestionItem } from "../questions/useQuestionItem";
import { GivenAnswer } from "../review/GivenAnswer";
import "../review/review.css";
import { Mark } from "../shared/Mark";
import { Switch } from "../shared/Switch";
import type { FeedbackRevision } from "./types";

interface Props {
  item: TaskItem;
  orders: QuestionItem["orders"];
  schema: Pick<Schema, "subject" | "questions">;
  revisions: readonly FeedbackRevision[];
  shown: FeedbackRevision;
  onShow: (revision: number) => void;
}

export function OwnAnswer({ item, orders, schema, revisions, shown, onShow }: Props) {
  const { t } = useTranslation();
  const [showsChanges, showChanges] = useState(false);
  const { subject, questions } = schema;
  const { questionItem, left } = useQuestionItem(schema, item, orders);
  const [picture] = pictures(subject, item);
  const before = revisions.findLast(({ number }) => number < shown.number);
  const title = titleOf({ subject: left }, item);
  return (
    <article
      className={picture === undefined ? "card own" : "card own beside-picture"}
      aria-label={t("feedback.own")}
    >
      {picture !== undefined && <Picture address={picture} title={title} />}
      <div className="own-body">
        <div className="row">
          <h2 dir="auto" className="grow own-title">
            {title}
          </h2>
          <span className="tag h">
            <Mark of="person" /> {t("feedback.own_revision", { number: shown.number })}
          </span>
        </div>
        <details className="whole">
          <summary>{t("feedback.whole_item", { item: item.external_id })}</summary>
          <Subject subject={left} item={item} evidence={[]} question={undefined} landmark={false} />
        </details>
        {revisions.length > 1 && (
          <div className="row revisions">
            <label className="row">
              <span className="meta">{t("feedback.revision")}</span>
              <select
                className="field"
                value={shown.number}
                onChange={(event) => onShow(Number(event.target.value))}
              >
                {revisions.map(({ number, decision }) => (
                  <option key={number} value={number}>
                    {decision
                      ? t("feedback.revision_with", {
                          number,
                          status: t(`feedback.status.${decision.status}`),
                        })
                      : t("feedback.revision_waiting", { number })}
                  </option>
                ))}
              </select>
            </label>
            {before && (
              <Switch isOn={showsChanges} onChange={showChanges}>
                {t("feedback.show_changes")}
              </Switch>
            )}
          </div>
        )}
        <div className="own-answers">
          <ItemContext.Provider value={questionItem}>
            <GivenAnswer
              questions={questions}
              answers={shown.answers}
              revision={shown.number}
              before={before && showsChanges ? before.answers : null}
            />
          </ItemContext.Provider>
        </div>
      </div>
    </article>
  );
}

/** The item in a line: its first text. */
function titleOf({ subject }: Pick<Schema, "subject">, item: TaskItem): string {
  const texts = subject
    .filter(({ show }) => show === "text" || show === "markdown")
    .map(({ name }) => item.fields[name]);
  return texts.find((text): text is string => typeof text === "string" && text !== "") ?? item.external_id;
}
