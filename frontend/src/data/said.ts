/** Answers in the words of their question. */
import type { Answer, Question } from "../api/types";
import { rankingInWords, verdictInWords } from "../questions/in_words";
import { hasOptions } from "../questions/kind";
import type { Preference } from "../questions/pairwise/pairwise";

/** The label of an option, or a verdict in words; its name where the question knows it no more. */
export function optionLabel(question: Question | undefined, name: string): string {
  if (question?.kind === "pairwise") return verdictInWords(name as Preference, question, asItIs);
  if (!hasOptions(question)) return name;
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
  const isSplit = (question.kind === "choice" || question.kind === "pairwise") && given.length > 1;
  return { words, split: isSplit ? given.map(([, count]) => count).join(" : ") : null };
}

/** The names an answer holds: its options, its verdict or its text; a ranking is one, by the names of fields. */
export function valuesOf(answer: Answer): string[] {
  if (answer.kind === "choices") return answer.value;
  if (answer.kind === "ranking") return [rankingInWords(answer.value, asItIs)];
  return [answer.value];
}

function asItIs(name: string): string {
  return name;
}
