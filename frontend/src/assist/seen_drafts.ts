/** The drafts this page has seen, so that an item that is opened again still has them. */
import type { Draft } from "../api/types";

const MOST = 50;
const seen = new Map<number, readonly Draft[]>();

/** Those that ended, with their ratings. */
export function keep(assignment: number, drafts: readonly Draft[]): void {
  const ended = drafts.filter(({ status }) => status !== "generating");
  if (ended.length === 0) return;
  seen.delete(assignment);
  seen.set(assignment, ended);
  for (const oldest of [...seen.keys()].slice(0, Math.max(0, seen.size - MOST))) seen.delete(oldest);
}

/** What the server gave and what was seen since, in order. One that was left while it was written was stopped. */
export function keptOf(assignment: number, given: readonly Draft[]): Draft[] {
  const known = new Map((seen.get(assignment) ?? []).map((draft) => [draft.id, draft]));
  const ended = given.map(
    (draft): Draft => (draft.status === "generating" ? { ...draft, status: "stopped" } : draft),
  );
  const all = new Map([...ended, ...known.values()].map((draft) => [draft.id, draft]));
  return [...all.values()].toSorted((one, other) => one.number - other.number);
}
