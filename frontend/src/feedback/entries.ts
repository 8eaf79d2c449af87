/** The list of answers with feedback: what is to be redone first, then what is new, then the rest. */
import type { FeedbackEntry } from "./types";

export type Group = "redo" | "new" | "seen";
export const GROUPS: readonly Group[] = ["redo", "new", "seen"];

/** Where an answer stands in the list. */
export function groupOf({ can_redo, seen }: Pick<FeedbackEntry, "can_redo" | "seen">): Group {
  if (can_redo) return "redo";
  return seen ? "seen" : "new";
}

/** The list as it came, each answer once: one that was seen since its page came would come again further on. */
export function eachOnce(entries: readonly FeedbackEntry[]): FeedbackEntry[] {
  const known = new Set<number>();
  return entries.filter(({ assignment }) => !known.has(assignment) && known.add(assignment));
}

/** The entry so many steps on; the first and the last one are ends. */
export function entryBeside(
  entries: readonly FeedbackEntry[],
  assignment: number | undefined,
  steps: number,
): FeedbackEntry | undefined {
  const at = entries.findIndex((entry) => entry.assignment === assignment);
  if (at < 0) return entries[0];
  return entries[Math.min(entries.length - 1, Math.max(0, at + steps))];
}

/** `today`, `yesterday`, else the day. */
export function dayOf(iso: string, now: Date = new Date()): string {
  const then = new Date(iso);
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);
  if (days === 0 || days === 1)
    return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(-days, "day");
  const isThisYear = then.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(undefined, {
    day: "numeric",
    month: "short",
    year: isThisYear ? undefined : "numeric",
  }).format(then);
}

/** Day and time in short: `Fri, 18:00`, further off with the date. */
export function momentOf(iso: string, now: Date = new Date()): string {
  const then = new Date(iso);
  const isNear = Math.abs(startOfDay(now) - startOfDay(then)) < 6.5 * 86_400_000;
  return new Intl.DateTimeFormat(undefined, {
    ...(isNear ? { weekday: "short" } : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
  }).format(then);
}

function startOfDay(moment: Date): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}
