/** What a person says of what models made: shown at once, stored one after the other. */
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { api, unwrap } from "../api/client";
import type { components } from "../api/schema";
import type { Whole } from "../api/types";
import type { Said } from "./types";

/** What is rated; the criterion or error of a verdict or check is its part. */
export type Rated = Pick<Whole<components["schemas"]["RatingInput"]>, "rated" | "target" | "part">;

const NOTHING = { thumb: null, complaints: [], note: "" };
let last: Promise<unknown> = Promise.resolve();

/** One after the other: of two quick presses the second one counts. */
export function putRating(assignment: number, rated: Rated, said: Said): Promise<unknown> {
  const params = { path: { a: assignment } };
  const body = { ...rated, ...(said ?? NOTHING) };
  const stored = last.then(() => unwrap(api.PUT("/api/assignments/{a}/ratings", { params, body })));
  last = stored.catch(() => undefined);
  return stored;
}

/** By assignment and thing; assignments that were asked for are in `asked`. */
const known = new Map<string, Said>();
const asked = new Set<number>();
const listeners = new Set<() => void>();

const keyOf = (assignment: number, { rated, target, part }: Rated) =>
  `${assignment} ${rated} ${target} ${part}`;

function learn(key: string, said: Said): void {
  known.set(key, said);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Ask for what the person said before, once a page; without it the chips are empty. */
async function recall(assignment: number): Promise<void> {
  if (asked.has(assignment)) return;
  asked.add(assignment);
  try {
    const params = { path: { a: assignment } };
    const { ratings } = await unwrap(api.GET("/api/assignments/{a}/ratings", { params }));
    for (const { rating, ...rated } of ratings) {
      const key = keyOf(assignment, rated);
      if (!known.has(key)) learn(key, rating);
    }
  } catch {
    asked.delete(assignment);
  }
}

/** What was said of a thing, or of several as one, and saying it. `isNew`: nothing can have been said before. */
export function useSaid(
  assignment: number,
  things: readonly Rated[],
  isNew: boolean,
): [Said, (said: Said) => Promise<unknown>] {
  const first = things[0];
  const said = useSyncExternalStore(
    listen,
    () => (first === undefined ? null : known.get(keyOf(assignment, first))) ?? null,
  );
  useEffect(() => {
    if (!isNew) void recall(assignment);
  }, [assignment, isNew]);
  const say = useCallback(
    async (next: Said) => {
      const before = things.map((thing) => known.get(keyOf(assignment, thing)) ?? null);
      for (const thing of things) learn(keyOf(assignment, thing), next);
      try {
        await Promise.all(things.map((thing) => putRating(assignment, thing, next)));
      } catch (failure) {
        things.forEach((thing, at) => void learn(keyOf(assignment, thing), before[at] ?? null));
        throw failure;
      }
    },
    [assignment, things],
  );
  return [said, say];
}
