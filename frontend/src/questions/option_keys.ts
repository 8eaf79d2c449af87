/** Which key picks which option. */
import type { Option, Question } from "../api/types";
import { isYesNo } from "./choice/choice";
import { hasOptions } from "./kind";

/** From as many options on one finds them by typing. */
export const TYPE_AHEAD_FROM = 10;

/** The option's own key, else its number up to nine. */
export function keyOfOption(option: Option, position: number): string | null {
  return option.key ?? (position < 9 ? String(position + 1) : null);
}

/** The option a key stands for in a question; undefined when none. Its number always works too. */
export function optionOfKey(question: Question, key: string): Option | undefined {
  if (!hasOptions(question)) return undefined;
  const { options } = question;
  const direct = options.find((option, position) => keyOfOption(option, position) === key);
  return direct ?? yesOrNo(question, key) ?? (/^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined);
}

/** All keys that pick an option of a question. */
export function optionKeys(question: Question): string[] {
  if (!hasOptions(question)) return [];
  const numbers = question.options.slice(0, 9).map((_, position) => String(position + 1));
  const own = question.options.map(({ key }) => key).filter((key) => key !== null);
  return [...new Set([...numbers, ...own, ...(answersYesOrNo(question) ? ["y", "n"] : [])])];
}

/** Whether the key is the answer to a question of yes and no, after which one goes on. */
export function isYesOrNo(question: Question, key: string): boolean {
  return /^[yn]$/.test(key) && answersYesOrNo(question);
}

function answersYesOrNo(question: Question): boolean {
  return question.kind === "choice" && isYesNo(question);
}

function yesOrNo(question: Question, key: string): Option | undefined {
  if (question.kind !== "choice" || !isYesOrNo(question, key)) return undefined;
  return question.options.find(({ name }) => name === (key === "y" ? "yes" : "no"));
}

/** The options whose label has every word typed, wherever it starts. */
export function matching(options: readonly Option[], typed: string): readonly Option[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ label }) => words.every((word) => label.toLocaleLowerCase().includes(word)));
}
