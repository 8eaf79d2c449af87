/** What differs between two versions of an answer. */
import type { Answer, Answers } from "../api/types";
import { valuesOf } from "../data/said";

/** The questions whose answers are not the same; in which order options were chosen does not matter. */
export function changedQuestions(before: Answers, now: Answers): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names.filter((name) => !isSame(before[name], now[name]));
}

function isSame(one: Answer | undefined, other: Answer | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [left, right] = [valuesOf(one).toSorted(), valuesOf(other).toSorted()];
  return (
    one.confidence === other.confidence &&
    left.length === right.length &&
    left.every((value, at) => value === right[at])
  );
}
