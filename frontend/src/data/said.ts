/** Answers in the words of their question. */
import type { Answer, Question } from "../api/types";

/** The label of an option; its name where the question knows it no more. */
export function optionLabel(question: Question | undefined, name: string): string {
  if (question === undefined || question.kind === "text") return name;
  return question.options.find((option) => option.name === name)?.label ?? name;
}

/** What people say to a question, in short; `split` are the numbers where they differ on a single choice. */
export interface PeopleSay {
  words: string;
  split: string | null;
}

/** Null for no answer; the commonest first. */
export function peopleSay(question: Question, counts: Record<string, number>): PeopleSay | null {
  const given = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (given.length === 0) return null;
  const words = given.map(([name]) => optionLabel(question, name)).join(", ");
  const isSplit = question.kind === "choice" && given.length > 1;
  return { words, split: isSplit ? given.map(([, count]) => count).join(" : ") : null };
}

/** The names an answer holds: its options, or its text. */
export function valuesOf(answer: Answer): string[] {
  return answer.kind === "choices" ? answer.value : [answer.value];
}
