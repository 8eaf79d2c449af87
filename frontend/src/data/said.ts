/** Answers in the words of their question. */
import type { Answer, Question } from "../api/types";

/** The label of an option; its name where the question knows it no more. */
export function optionLabel(question: Question | undefined, name: string): string {
  if (question === undefined || question.kind === "text") return name;
  return question.options.find((option) => option.name === name)?.label ?? name;
}

/** The one value all gave, `2 : 1` splits by value, options with their counts for several; null for no answer. */
export function peopleSay(question: Question, counts: Record<string, number>): string | null {
  const given = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (given.length === 0) return null;
  const label = ([name]: [string, number]) => optionLabel(question, name);
  if (question.kind === "choices") return given.map(label).join(", ");
  if (given.length === 1) return label(given[0] as [string, number]);
  return `${given.map(label).join(" / ")} ${given.map(([, count]) => count).join(" : ")}`;
}

/** The names an answer holds: its options, or its text. */
export function valuesOf(answer: Answer): string[] {
  return answer.kind === "choices" ? answer.value : [answer.value];
}
