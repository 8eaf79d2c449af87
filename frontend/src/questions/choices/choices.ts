/** Any number of options; an exclusive one stands alone. */
import type { ChoicesAnswer, ChoicesQuestion, Confidence } from "../../api/types";
import { acceptAll, chosenOf, isChosen, type Marks, markWhenChosen, without } from "../marks";

/** Choose an option or take it back. Choosing an exclusive one clears the others, and the reverse. */
export function toggle(
  question: ChoicesQuestion,
  marks: Marks,
  option: string,
  preselected: readonly string[],
): Marks {
  if (isChosen(marks[option])) return drop(marks, option, preselected);
  const isExclusive = (name: string) => question.options.some((each) => each.name === name && each.exclusive);
  const clashing = question.options
    .map(({ name }) => name)
    .filter((name) => name !== option && (isExclusive(option) || isExclusive(name)));
  const cleared = clashing.reduce((rest, name) => drop(rest, name, preselected), marks);
  return { ...cleared, [option]: markWhenChosen(option, preselected) };
}

/** Take every preselection over that does not clash with what the person chose. */
export function accept(question: ChoicesQuestion, marks: Marks, preselected: readonly string[]): Marks {
  const accepted = acceptAll(marks, preselected);
  const chosen = question.options.filter(({ name }) => isChosen(accepted[name]));
  const alone = chosen.filter(({ exclusive }) => exclusive);
  if (alone.length === 0 || chosen.length === 1) return accepted;
  return alone.reduce<Marks>((rest, { name }) => drop(rest, name, preselected), accepted);
}

/** The answer the marks amount to; null while the person has decided nothing. */
export function answer(
  question: ChoicesQuestion,
  marks: Marks,
  confidence: Confidence | null,
): ChoicesAnswer | null {
  const value = chosenOf(question.options, marks);
  const refusedAll = !question.required && Object.keys(marks).length > 0;
  return value.length > 0 || refusedAll ? { kind: "choices", value, confidence } : null;
}

function drop(marks: Marks, option: string, preselected: readonly string[]): Marks {
  return preselected.includes(option) ? { ...marks, [option]: "rejected" } : without(marks, option);
}
