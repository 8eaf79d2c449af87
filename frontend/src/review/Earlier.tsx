/** An answer that was sent back and came again: what it was sent back for. */
import { useTranslation } from "react-i18next";
import { Icon } from "../shared/Icon";
import { CommandKey } from "../shared/Kbd";
import { Mark } from "../shared/Mark";
import { Switch } from "../shared/Switch";
import { type Part, partsOf } from "./review_form";
import { NOT_APPLICABLE } from "./score";
import type { Feedback, ReviewTask } from "./types";

interface Props {
  task: ReviewTask;
  showsChanges: boolean;
  onChanges: (shows: boolean) => void;
  isUnchanged: boolean;
}

export function Earlier({ task, showsChanges, onChanges, isUnchanged }: Props) {
  const { t } = useTranslation();
  const { previous } = task;
  if (previous === null) return null;
  const parts = partsOf(task.rubrics, null);
  return (
    <section className="card earlier" aria-label={t("review.compare.title")}>
      <div className="row">
        <Icon name="redo" small />
        <h2>{t("review.compare.title")}</h2>
        <span className="meta">{task.round > 0 && t("review.compare.round", { count: task.round })}</span>
        <span className="grow" />
        <Switch isOn={showsChanges} onChange={onChanges}>
          {t("review.compare.show")}
        </Switch>
        <CommandKey id="review.changes" />
      </div>
      {isUnchanged && (
        <p className="note warn">
          <Icon name="warning" /> {t("review.compare.unchanged", { number: previous.revision })}
        </p>
      )}
      {previous.feedback.length > 0 && (
        <details open>
          <summary>{t("review.compare.asked_for", { number: previous.revision })}</summary>
          {previous.feedback.map((feedback) => (
            <Reasons key={feedback.id} feedback={feedback} parts={parts} />
          ))}
        </details>
      )}
    </section>
  );
}

function Reasons({ feedback, parts }: { feedback: Feedback; parts: readonly Part[] }) {
  const { t } = useTranslation();
  const isJudge = feedback.source === "judge";
  const explained = feedback.findings.filter(({ explanation }) => explanation !== "");
  return (
    <div className="reasons-of">
      <p className="row">
        <span className={isJudge ? "tag m" : "tag h"}>
          <Mark of={isJudge ? "model" : "person"} /> {feedback.label}
        </span>
        {feedback.model && <span className="meta">{feedback.model.name}</span>}
        {feedback.status && (
          <span className={`tag ${feedback.status === "passed" ? "pass" : "redo"}`}>
            <Icon name={feedback.status === "passed" ? "check" : "redo"} small />{" "}
            {t(`review.compare.status.${feedback.status}`)}
          </span>
        )}
      </p>
      <ul>
        {explained.map(({ part, grade, count, explanation }) => {
          const found = parts.find(({ name }) => name === part);
          return (
            <li key={part}>
              <b dir="auto">{found?.title ?? part}</b>{" "}
              <span className="meta">
                {found ? valueLabel(found, grade, count, t("review.na")) : (grade ?? count)}
              </span>{" "}
              <span dir="auto">{explanation}</span>
            </li>
          );
        })}
        {feedback.note !== "" && <li dir="auto">{feedback.note}</li>}
      </ul>
    </div>
  );
}

/** A grade or a count in words. */
export function valueLabel(part: Part, grade: string | null, count: number | null, na: string): string {
  if (part.kind === "error") return `× ${count ?? 0}`;
  if (grade === NOT_APPLICABLE) return na;
  return part.criterion.grades.find(({ name }) => name === grade)?.label ?? grade ?? "";
}
