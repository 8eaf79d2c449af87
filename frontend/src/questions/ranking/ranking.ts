/** Several texts in order, the best first. */
import type { Confidence, RankingAnswer, RankingQuestion } from "../../api/types";

/** The fields in groups, the best group first; those of one group are equally good. */
export type Ranks = readonly (readonly string[])[];

/** The order before anybody ranked: as drawn, none of them equal. */
export function startingRanks(question: RankingQuestion, order: readonly string[] | undefined): Ranks {
  return (order ?? question.fields).map((field) => [field]);
}

/**
 * The field one step better (-1) or worse (1): out of its group first, then past the next one. The order of the
 * others stays.
 */
export function moved(ranks: Ranks, field: string, by: -1 | 1): Ranks {
  const at = ranks.findIndex((group) => group.includes(field));
  const group = ranks[at];
  if (group === undefined) return ranks;
  const rest = group.filter((other) => other !== field);
  if (rest.length > 0) {
    const split = by < 0 ? [[field], rest] : [rest, [field]];
    return [...ranks.slice(0, at), ...split, ...ranks.slice(at + 1)];
  }
  const other = ranks[at + by];
  if (other === undefined) return ranks;
  const pair = by < 0 ? [group, other] : [other, group];
  const from = Math.min(at, at + by);
  return [...ranks.slice(0, from), ...pair, ...ranks.slice(from + 2)];
}

/** Tie the field with the group above it, or take it out of its group, behind the others. */
export function tied(ranks: Ranks, field: string): Ranks {
  const at = ranks.findIndex((group) => group.includes(field));
  const group = ranks[at];
  if (group === undefined) return ranks;
  if (group.length > 1) return moved(ranks, field, 1);
  const above = ranks[at - 1];
  if (above === undefined) return ranks;
  return [...ranks.slice(0, at - 1), [...above, ...group], ...ranks.slice(at + 1)];
}

/** The best rank of each field, 1 for the first; after a tie as many numbers are left out as were tied. */
export function rankOf(ranks: Ranks, field: string): number {
  const at = ranks.findIndex((group) => group.includes(field));
  return 1 + ranks.slice(0, at).reduce((sum, group) => sum + group.length, 0);
}

/** The answer; null before anything was ranked, or where fields changed since. */
export function answer(
  question: RankingQuestion,
  ranks: Ranks | undefined,
  confidence: Confidence | null,
): RankingAnswer | null {
  if (ranks === undefined || [...ranks.flat()].sort().join() !== [...question.fields].sort().join())
    return null;
  return { kind: "ranking", value: ranks.map((group) => [...group]), confidence };
}
