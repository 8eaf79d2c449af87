/** Answers in words: by the labels of options, and by the letters or names of compared texts. */
import type { Answer, PairwiseAnswer, Question } from "../api/types";
import { i18next } from "../i18n";
import { hasOptions } from "./kind";

/** How a compared text is called: by its letter where nobody is to know which it is, else by its field. */
export type Naming = (field: string) => string;

/** The letter of the text at a place, A first. */
export function letterAt(place: number): string {
  return String.fromCharCode(65 + place);
}

/** Names by letter, in the order of the screen. */
export function byLetter(order: readonly string[]): Naming {
  return (field) => letterAt(order.indexOf(field));
}

export function answerInWords(answer: Answer, question: Question | undefined, named: Naming): string {
  switch (answer.kind) {
    case "text":
    case "chat":
      return answer.value;
    case "ranking":
      return rankingInWords(answer.value, named);
    case "pairwise":
      return question?.kind === "pairwise"
        ? verdictInWords(answer.value, question, named)
        : i18next.t("compare.compared");
    default: {
      const chosen = answer.kind === "choice" ? [answer.value] : answer.value;
      const label = (name: string) =>
        (hasOptions(question) && question.options.find((option) => option.name === name)?.label) || name;
      return chosen.length === 0 ? "–" : chosen.map(label).join(", ");
    }
  }
}

/** The order, the best first: "A > B = C". */
export function rankingInWords(ranks: readonly (readonly string[])[], named: Naming): string {
  return ranks.map((group) => group.map(named).join(" = ")).join(" > ");
}

/** Which text is better, or which kind of tie it is. */
export function verdictInWords(
  verdict: PairwiseAnswer["value"],
  question: { first: string; second: string },
  named: Naming,
): string {
  if (verdict === "first" || verdict === "second") return named(question[verdict]);
  return i18next.t(`compare.${verdict}`);
}
