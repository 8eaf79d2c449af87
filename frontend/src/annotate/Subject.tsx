/** What is judged: the fields of the item, with the passages the model points to in the question in focus. */
import { Fragment, memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Evidence, Question, SubjectField, TaskItem } from "../api/types";
import { Conversation } from "../shared/Conversation";
import { Mark } from "../shared/Mark";
import { Markdown } from "../shared/Markdown";
import { Video } from "../shared/Video";
import { MarkedText } from "./MarkedText";
import { Picture } from "./Picture";
import { asText, isPicture, isText, isVideo, type ShownField, subjectCards } from "./subject_cards";

interface Props {
  subject: readonly SubjectField[];
  item: TaskItem;
  evidence: readonly Evidence[];
  question: Question | undefined;
  /** Whether it is the main part of the page; not inside a preview. */
  landmark?: boolean;
  /** What stands under it, such as an answer that is reviewed. */
  children?: ReactNode;
}

export const Subject = memo(function Subject(props: Props) {
  const { subject, item, evidence, question, landmark = true, children } = props;
  const Region = landmark ? "main" : "section";
  const { t } = useTranslation();
  const cards = subjectCards(subject, item);
  const texts = cards.filter(({ contents }) => contents.some(isText));
  const judged = texts.length > 1 ? texts.at(-1) : undefined;
  return (
    <Region
      className="subject"
      aria-label={t("annotate.subject")}
      tabIndex={0}
      lang={item.language ?? undefined}
    >
      {cards.map((card) => {
        const hasPassages = card.contents.some(({ field }) =>
          evidence.some((one) => one.field === field.name),
        );
        return (
          <section key={card.contents[0]?.field.name ?? "context"}>
            <div className="label">
              <h2 dir="auto">{card.title}</h2>
              {card.hint && (
                <span className="meta" dir="auto">
                  {card.hint}
                </span>
              )}
              <span className="grow" />
              {hasPassages && (
                <span className="tag m wide">
                  <Mark of="model" /> {t("annotate.dashed_passages")}
                </span>
              )}
            </div>
            <div
              className={card === judged ? "card judged" : card.context.length > 0 ? "card beside" : "card"}
            >
              {card.contents.length > 0 && (
                <div className="text">
                  {card.contents.map((shown) => (
                    <Content key={shown.field.name} shown={shown} evidence={evidence} question={question} />
                  ))}
                </div>
              )}
              {card.context.length > 0 && <Context pairs={card.context} />}
            </div>
          </section>
        );
      })}
      {children}
    </Region>
  );
});

interface ContentProps {
  shown: ShownField;
  evidence: readonly Evidence[];
  question: Question | undefined;
}

function Content({ shown: { field, value }, evidence, question }: ContentProps) {
  const { t } = useTranslation();
  if (field.show === "image") {
    const addresses = (Array.isArray(value) ? value : [value]).map(asText).filter(isPicture);
    return addresses.map((address) => <Picture key={address} address={address} title={field.title} />);
  }
  if (field.show === "video") {
    const address = asText(value);
    return isVideo(address) && <Video key={address} address={address} title={field.title} />;
  }
  if (field.show === "chat") return <Conversation value={value} title={field.title} />;
  const passages = evidence.filter((one) => one.field === field.name);
  if (Array.isArray(value)) {
    return (
      <details className="entries">
        <summary>{t("annotate.show_entries", { count: value.length })}</summary>
        {value.map(asText).map((entry) => (
          <p key={entry} dir="auto">
            {entry}
          </p>
        ))}
      </details>
    );
  }
  // Passages are offsets into the source, so a Markdown field with passages is shown as its source.
  if (field.show === "markdown" && passages.length === 0) return <Markdown>{asText(value)}</Markdown>;
  return (
    <p dir="auto" className="plain">
      <MarkedText text={asText(value)} evidence={passages} question={question} />
    </p>
  );
}

function Context({ pairs }: { pairs: readonly ShownField[] }) {
  const { t } = useTranslation();
  return (
    <dl aria-label={t("annotate.context")}>
      {pairs.map(({ field, value }) => (
        <Fragment key={field.name}>
          <div>
            <dt dir="auto">{field.title}</dt>
            <dd dir="auto">{asText(value)}</dd>
          </div>
        </Fragment>
      ))}
    </dl>
  );
}
