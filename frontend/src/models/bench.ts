/** Counting over the items of a try. */
import type { Bench } from "../api/researcher_types";

/** Questions with a known answer, and how many of them the preselection hits exactly. */
export function goldHits(bench: Pick<Bench, "items">): { right: number; n: number } {
  const pairs = bench.items.flatMap((item) =>
    Object.entries(item.gold).map(([question, gold]) => ({
      gold,
      said: item.suggestions[question]?.preselected ?? [],
    })),
  );
  const right = pairs.filter(
    ({ gold, said }) => gold.length === said.length && gold.every((each) => said.includes(each)),
  );
  return { right: right.length, n: pairs.length };
}
