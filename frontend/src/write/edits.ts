/**
 * The edits between two texts, and the text that edits lead to. Offsets are Unicode code points, as the server counts;
 * what is recorded is the difference of successive texts, so that replaying always gives the text on screen.
 */
import { lengthInCodePoints } from "../annotate/code_points";
import type { Edit, Writing } from "../api/types";

export const UNWRITTEN: Writing = { edits: [], base: "" };

/** Typing with shorter pauses is one edit. */
const PAUSE_MS = 2000;

export type Change = Pick<Edit, "start" | "removed" | "inserted">;

/** What went and what came, as one change; null between equal texts. */
export function changeBetween(before: string, after: string): Change | null {
  const change = changeIn(before, after);
  if (change === null) return null;
  return {
    start: lengthInCodePoints(before.slice(0, change.start)),
    removed: lengthInCodePoints(before.slice(change.start, change.end)),
    inserted: after.slice(change.start, change.end + after.length - before.length),
  };
}

/** From where to where, in UTF-16 units of the text before, two texts differ; no character is parted. */
export function changeIn(before: string, after: string): { start: number; end: number } | null {
  if (before === after) return null;
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start] === after[start]) start += 1;
  while (isInsidePair(before, start) || isInsidePair(after, start)) start -= 1;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail])
    tail += 1;
  while (isInsidePair(before, before.length - tail) || isInsidePair(after, after.length - tail)) tail -= 1;
  return { start, end: before.length - tail };
}

/** Whether an index parts the two halves of one character. */
function isInsidePair(text: string, at: number): boolean {
  return at > 0 && at < text.length && text.codePointAt(at - 1) !== text.charCodeAt(at - 1);
}

/** The text the edits lead to; null when one of them cannot be. */
export function replayed({ base, edits }: Writing): string | null {
  const text = Array.from(base);
  for (const { start, removed, inserted } of edits) {
    if (start < 0 || removed < 0 || start + removed > text.length) return null;
    const tail = text.splice(start);
    for (const character of inserted) text.push(character);
    for (let at = removed; at < tail.length; at += 1) text.push(tail[at] as string);
  }
  return text.join("");
}

/** How the newest edit came about, as far as it decides whether it goes on with the one before. */
export interface Manner {
  /** An input method is still choosing its characters: what it wrote before is replaced. */
  isComposing: boolean;
  /** Milliseconds since the key before. */
  pauseMs: number;
}

/** The edits with one more; typing that goes on where the last edit ended becomes part of that. */
export function withEdit(edits: readonly Edit[], edit: Edit, { isComposing, pauseMs }: Manner): Edit[] {
  const last = edits.at(-1);
  const isTyping = (one: Edit) => one.source === "typed" && !one.is_paste;
  if (last === undefined || pauseMs >= PAUSE_MS || !isTyping(last) || !isTyping(edit))
    return [...edits, edit];
  const joined = join(last, edit, isComposing);
  return joined === null ? [...edits, edit] : [...edits.slice(0, -1), joined];
}

function join(last: Edit, edit: Edit, isComposing: boolean): Edit | null {
  const length = lengthInCodePoints(last.inserted);
  const end = last.start + length;
  if (edit.removed === 0 && edit.start === end && length > 0)
    return { ...last, inserted: last.inserted + edit.inserted };
  if (length === 0 && edit.inserted === "") {
    if (edit.start + edit.removed === last.start)
      return { ...last, start: edit.start, removed: last.removed + edit.removed };
    if (edit.start === last.start) return { ...last, removed: last.removed + edit.removed };
  }
  if (isComposing && edit.start >= last.start && edit.start + edit.removed === end) {
    const kept = Array.from(last.inserted).slice(0, edit.start - last.start);
    return { ...last, inserted: kept.join("") + edit.inserted };
  }
  return null;
}
