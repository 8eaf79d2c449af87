/** Which key picks which option. */
import type { Option, Question } from "../api/types";
import { isYesNo } from "./choice/choice";

/** From as many options on one finds them by typing. */
export const TYPE_AHEAD_FROM = 10;

/** The option's own key, else its number up to nine. */
export function keyOfOption(option: Option, position: number): string | null {
  return option.key ?? (position < 9 ? String(position + 1) : null);
}

/** The option a key stands for in a question; undefined when none. */
export function optionOfKey(question: Question, key: string): Option | undefined {
  if (question.kind === "text") return undefined;
  const direct = question.options.find((option, position) => keyOfOption(option, position) === key);
  if (direct !== undefined || question.kind !== "choice" || !isYesNo(question)) return direct;
  return question.options.find(
    ({ name }) => (key === "y" && name === "yes") || (key === "n" && name === "no"),
  );
}

/** All keys that pick an option of a question. */
export function optionKeys(question: Question): string[] {
  if (question.kind === "text") return [];
  const keys = question.options.map(keyOfOption).filter((key) => key !== null);
  return question.kind === "choice" && isYesNo(question) ? [...new Set([...keys, "y", "n"])] : keys;
}

/** The options whose label has every word typed, wherever it starts. */
export function matching(options: readonly Option[], typed: string): readonly Option[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ label }) => words.every((word) => label.toLocaleLowerCase().includes(word)));
}
