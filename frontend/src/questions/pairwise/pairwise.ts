/** Which of two texts is better. */
import type { Confidence, PairwiseAnswer, PairwiseQuestion, Question } from "../../api/types";
import { isChosen, type Marks } from "../marks";

export type Preference = PairwiseAnswer["value"];

const TIES: Record<PairwiseQuestion["ties"], Preference[]> = {
  none: [],
  one: ["tie"],
  two: ["both_good", "both_bad"],
};

/** The verdicts besides a preference that the question allows. */
export function tiesOf(question: PairwiseQuestion): Preference[] {
  return TIES[question.ties];
}

/** The texts as A and B, each with what it means to prefer it. */
export function sidesOf(
  question: PairwiseQuestion,
  order: readonly string[] | undefined,
): { field: string; verdict: Preference }[] {
  const sides = [
    { field: question.first, verdict: "first" as const },
    { field: question.second, verdict: "second" as const },
  ];
  return order?.[0] === question.second ? sides.reverse() : sides;
}

/** Whether a question compares the same two texts, which then stand on screen once. */
export function isAboutTheSame(other: Question, question: PairwiseQuestion): boolean {
  return (
    other.kind === "pairwise" &&
    [other.first, other.second].sort().join() === [question.first, question.second].sort().join()
  );
}

/** What is chosen, if anything. */
export function chosenVerdict(question: PairwiseQuestion, marks: Marks): Preference | undefined {
  const allowed: Preference[] = ["first", "second", ...tiesOf(question)];
  return allowed.find((verdict) => isChosen(marks[verdict]));
}

/** The answer the marks amount to; null while there is none. */
export function answer(
  question: PairwiseQuestion,
  marks: Marks,
  confidence: Confidence | null,
): PairwiseAnswer | null {
  const value = chosenVerdict(question, marks);
  return value === undefined ? null : { kind: "pairwise", value, confidence };
}
