/** Exactly one option. */
import type { ChoiceAnswer, ChoiceQuestion, Confidence } from "../../api/types";
import { acceptAll, chosenOf, type Marks, markWhenChosen } from "../marks";

/** Choose an option; a preselection of another one is thereby refused. Choosing the chosen one changes nothing. */
export function choose(marks: Marks, option: string, preselected: readonly string[]): Marks {
  const refused = preselected
    .filter((other) => other !== option)
    .map((other) => [other, "rejected"] as const);
  const kept = Object.entries(marks).filter(([other, mark]) => mark === "rejected" && other !== option);
  return { ...Object.fromEntries([...kept, ...refused]), [option]: markWhenChosen(option, preselected) };
}

/** Take the preselection over; a choice the person made already stands. */
export function accept(question: ChoiceQuestion, marks: Marks, preselected: readonly string[]): Marks {
  return chosenOf(question.options, marks).length > 0 ? marks : acceptAll(marks, preselected);
}

/** The answer the marks amount to; null while there is none. */
export function answer(
  question: ChoiceQuestion,
  marks: Marks,
  confidence: Confidence | null,
): ChoiceAnswer | null {
  const [value] = chosenOf(question.options, marks);
  return value === undefined ? null : { kind: "choice", value, confidence };
}

/** A question whose two options are yes and no: it also listens to `y` and `n`. */
export function isYesNo(question: ChoiceQuestion): boolean {
  return (
    question.options.length === 2 &&
    ["yes", "no"].every((name) => question.options.some((o) => o.name === name))
  );
}
