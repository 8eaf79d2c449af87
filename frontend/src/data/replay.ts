/** How a text came about, step by step: each edit with the text as it stood after it, and who each part is from. */
import type { Edit, Writing } from "../api/types";

export interface Run {
  text: string;
  /** `base` is what the text began with. */
  source: Edit["source"] | "base";
  draft: number | null;
}

export interface Step {
  /** Null before the first edit. */
  edit: Edit | null;
  removed: string;
  runs: Run[];
}

interface Sign {
  sign: string;
  source: Run["source"];
  draft: number | null;
}

/** The text after so many edits; null when an edit cannot be: the record has a hole. */
export function stepOf(writing: Writing, count: number): Step | null {
  const signs: Sign[] = signsOf(writing.base, "base", null);
  let removed: Sign[] = [];
  for (const { start, removed: gone, inserted, source, draft } of writing.edits.slice(0, count)) {
    if (start < 0 || gone < 0 || start + gone > signs.length) return null;
    removed = signs.splice(start, gone, ...signsOf(inserted, source, draft));
  }
  return {
    edit: count === 0 ? null : (writing.edits[count - 1] ?? null),
    removed: textOf(removed),
    runs: joined(signs),
  };
}

/** Whether every edit can be. */
export function isWhole(writing: Writing): boolean {
  return stepOf(writing, writing.edits.length) !== null;
}

/** What an edit did, as the name of a sentence. */
export function deedOf({
  inserted,
  removed,
  source,
  is_paste,
}: Edit): "typed" | "removed" | "replaced" | "inserted" | "pasted" {
  if (inserted === "") return "removed";
  if (is_paste) return "pasted";
  if (source === "draft") return "inserted";
  return removed > 0 ? "replaced" : "typed";
}

/** Edits count in code points, and so does a spread string. */
function signsOf(text: string, source: Run["source"], draft: number | null): Sign[] {
  return [...text].map((sign) => ({ sign, source, draft }));
}

function textOf(signs: readonly Sign[]): string {
  return signs.map(({ sign }) => sign).join("");
}

function joined(signs: readonly Sign[]): Run[] {
  const runs: Run[] = [];
  let from = 0;
  signs.forEach(({ source, draft }, place) => {
    const next = signs[place + 1];
    if (next !== undefined && next.source === source && next.draft === draft) return;
    runs.push({ text: textOf(signs.slice(from, place + 1)), source, draft });
    from = place + 1;
  });
  return runs;
}
