/** A comparison as it was answered: the texts under their letters, and what was said of them. */
import { useContext } from "react";
import { useTranslation } from "react-i18next";
import type { Answer } from "../api/types";
import { Mark } from "../shared/Mark";
import "./comparing.css";
import { FieldContent } from "./FieldContent";
import { answerInWords, byLetter } from "./in_words";
import { type ComparingQuestion, fieldsOf, ItemContext } from "./kind";
import { isAboutTheSame } from "./pairwise/pairwise";
import { rankOf } from "./ranking/ranking";

interface Props {
  question: ComparingQuestion;
  answer: Answer | undefined;
  /** The answer that was sent back, where it is compared with this one. */
  before: Answer | undefined;
}

export function GivenComparison({ question, answer, before }: Props) {
  const { t } = useTranslation();
  const { orders, questions } = useContext(ItemContext);
  const order = orders[question.name] ?? fieldsOf(question);
  const named = byLetter(order);
  const words = (given: Answer) => answerInWords(given, question, named);
  const isShownAbove =
    question.kind === "pairwise" &&
    questions
      .slice(
        0,
        questions.findIndex(({ name }) => name === question.name),
      )
      .some((other) => isAboutTheSame(other, question));
  const [now, then] = [answer && words(answer), before && words(before)];
  return (
    <div className="compared given-comparison">
      <p className="row">
        {then !== undefined && then !== now && <del className="del">{then}</del>}
        {now !== undefined && (
          <span className="tag h wide">
            <Mark of="person" /> <b className="verdict-words">{now}</b>
          </span>
        )}
      </p>
      {!isShownAbove && (
        <div className={question.kind === "pairwise" ? "sides" : "ranked"}>
          {inOrder(order, answer).map((field) => (
            <div key={field} className="card" data-chosen={isBest(field, question, answer) || undefined}>
              <header>
                {answer?.kind === "ranking" && (
                  <span className="rank" aria-hidden="true">
                    {rankOf(answer.value, field)}
                  </span>
                )}
                <b className="letter">{named(field)}</b>
              </header>
              <div
                role="group"
                className="compared-text"
                tabIndex={question.kind === "ranking" ? 0 : undefined}
                aria-label={t("compare.text", { letter: named(field) })}
              >
                <FieldContent field={field} title={named(field)} />
              </div>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** A ranking stands as it was ranked, two texts as A and B. */
function inOrder(order: readonly string[], answer: Answer | undefined): readonly string[] {
  return answer?.kind === "ranking" ? answer.value.flat() : order;
}

function isBest(field: string, question: ComparingQuestion, answer: Answer | undefined): boolean {
  if (answer?.kind === "ranking") return answer.value[0]?.includes(field) ?? false;
  if (question.kind !== "pairwise" || answer?.kind !== "pairwise") return false;
  return answer.value in question && question[answer.value as "first" | "second"] === field;
}
