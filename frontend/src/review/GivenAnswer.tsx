/** The answers under review, read-only: every question with all its options, and what changed since they were sent back. */
import { useTranslation } from "react-i18next";
import { isAsked } from "../annotate/form";
import type { Answer, Answers, Question } from "../api/types";
import { valuesOf } from "../data/said";
import { GivenComparison } from "../questions/GivenComparison";
import { isComparing, isWritten } from "../questions/kind";
import { Icon } from "../shared/Icon";
import { difference, type Piece } from "./difference";

interface Props {
  questions: readonly Question[];
  answers: Answers;
  revision: number;
  /** The answers that were sent back, where changes are to be shown. */
  before: Answers | null;
}

export function GivenAnswer({ questions, answers, revision, before }: Props) {
  const { t } = useTranslation();
  const isShown = (question: Question) =>
    isAsked(question, answers) || [answers, before].some((given) => given?.[question.name] !== undefined);
  return questions.filter(isShown).map((question) => {
    const answer = answers[question.name];
    const words = [t("review.revision", { number: revision })];
    if (answer?.kind === "text" || answer?.kind === "chat")
      words.push(t("review.words", { count: wordCount(answer.value) }));
    return (
      <section key={question.name} aria-label={question.title}>
        <div className="label">
          <h2 dir="auto">{question.title}</h2>
          <span className="meta">{words.join(" · ")}</span>
        </div>
        <div className="card judged given">
          <Given
            question={question}
            answer={answer}
            before={before?.[question.name]}
            isCompared={before !== null}
          />
          {answer?.confidence && (
            <p className="meta">
              {t("review.how_sure", { confidence: t(`annotate.confidence.${answer.confidence}`) })}
            </p>
          )}
        </div>
      </section>
    );
  });
}

interface GivenProps {
  question: Question;
  answer: Answer | undefined;
  before: Answer | undefined;
  isCompared: boolean;
}

function Given({ question, answer, before, isCompared }: GivenProps) {
  const { t } = useTranslation();
  if (answer === undefined && before === undefined) return <p className="meta">{t("review.not_answered")}</p>;
  if (isWritten(question)) return <GivenText answer={answer} before={before} isCompared={isCompared} />;
  if (isComparing(question)) return <GivenComparison question={question} answer={answer} before={before} />;
  const now = answer === undefined ? [] : valuesOf(answer);
  const earlier = before === undefined ? [] : valuesOf(before);
  const then = isCompared ? earlier : now;
  return (
    <ul className="given-options">
      {question.options.map(({ name, label }) => {
        const [isChosen, wasChosen] = [now.includes(name), then.includes(name)];
        const change = isChosen === wasChosen ? null : isChosen ? "was_added" : "was_removed";
        return (
          <li key={name} data-chosen={isChosen || undefined} data-change={change ?? undefined}>
            <span
              className={question.kind === "choice" ? "given-mark round" : "given-mark"}
              aria-hidden="true"
            >
              {isChosen && <Icon name="check" small />}
            </span>
            <span dir="auto">{label}</span>
            <span className="vh">{t(isChosen ? "review.chosen" : "review.not_chosen")}</span>
            {change && (
              <span className="chip change">
                <Icon name={isChosen ? "plus" : "minus"} small /> {t(`review.${change}`)}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function GivenText({ answer, before, isCompared }: Omit<GivenProps, "question">) {
  const { t } = useTranslation();
  const [now, then] = [answer, before].map((one) =>
    one?.kind === "text" || one?.kind === "chat" ? one.value : "",
  );
  if (!isCompared)
    return now ? (
      <p dir="auto" className="plain">
        {now}
      </p>
    ) : (
      <p className="meta">{t("review.not_answered")}</p>
    );
  return (
    <p dir="auto" className="plain">
      <Changes pieces={difference(then ?? "", now ?? "")} />
    </p>
  );
}

/** The pieces of two texts, what went and what came marked. */
export function Changes({ pieces }: { pieces: readonly Piece[] }) {
  const { t } = useTranslation();
  let at = 0;
  return pieces.map(({ text, change }) => {
    const key = at;
    at += text.length + 1;
    if (change === "same") return <span key={key}>{text}</span>;
    const Kind = change === "added" ? "ins" : "del";
    return (
      <Kind key={key} className={change === "added" ? "ins" : "del"}>
        <span className="vh">{t(`review.compare.${change}`)} </span>
        {text}
      </Kind>
    );
  });
}

/** Words as the script of the text has them. */
function wordCount(text: string): number {
  const pieces = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  return [...pieces].filter(({ isWordLike }) => isWordLike).length;
}
