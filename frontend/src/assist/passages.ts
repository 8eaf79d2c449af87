/** Passages of a draft: its sentences, what of it stands in the response, what the model was unsure of. */
import { utf16Indices } from "../annotate/code_points";
import type { Draft } from "../api/types";
import type { Block } from "../write/alignment";

/** UTF-16 units of the draft's text. */
export interface Passage {
  start: number;
  end: number;
}

export interface Unsure extends Passage {
  probability: number;
}

export interface Sentence extends Passage {
  text: string;
}

const sentences = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** Without the space around them; one without a letter or digit belongs to the one before. */
export function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const { segment, index } of sentences.segment(text)) {
    const start = index + (segment.length - segment.trimStart().length);
    const end = index + segment.trimEnd().length;
    if (start >= end) continue;
    const last = found.at(-1);
    if (last !== undefined && !/[\p{L}\p{N}]/u.test(segment)) {
      last.end = end;
      last.text = text.slice(last.start, end);
    } else found.push({ start, end, text: text.slice(start, end) });
  }
  return found;
}

/** What of a draft stands in the text, from left to right; passages with nothing but signs between them are one. */
export function insertedOf(draft: Pick<Draft, "id" | "text">, blocks: readonly Block[]): Passage[] {
  const own = blocks
    .filter((block) => block.draft === draft.id)
    .map(({ draftStart, draftEnd }) => ({
      start: draftStart,
      end: draftEnd + (/^[^\p{L}\p{N}\s]+/u.exec(draft.text.slice(draftEnd))?.[0].length ?? 0),
    }))
    .sort((one, other) => one.start - other.start);
  const found: Passage[] = [];
  for (const passage of own) {
    const last = found.at(-1);
    if (last !== undefined && !/[\p{L}\p{N}]/u.test(draft.text.slice(last.end, passage.start)))
      last.end = Math.max(last.end, passage.end);
    else found.push({ ...passage });
  }
  return found;
}

/** Whether most of a sentence stands in the text. */
export function isInserted({ start, end }: Passage, inserted: readonly Passage[]): boolean {
  const covered = inserted.reduce(
    (sum, passage) => sum + Math.max(0, Math.min(end, passage.end) - Math.max(start, passage.start)),
    0,
  );
  return covered * 2 > end - start;
}

/** The passages the model was unsure of, those that fit the text. */
export function unsureOf({ text, unsure }: Pick<Draft, "text" | "unsure">): Unsure[] {
  if (unsure.length === 0) return [];
  const indices = utf16Indices(text);
  return unsure.flatMap(({ start, end, probability }) => {
    const [first, last] = [indices[start], indices[end]];
    return first === undefined || last === undefined || first >= last
      ? []
      : [{ start: first, end: last, probability }];
  });
}

export interface Piece {
  text: string;
  isInserted: boolean;
  isUnsure: boolean;
}

/** A text cut where passages begin and end; `from` is where it stands in the draft. */
export function piecesOf(
  text: string,
  from: number,
  inserted: readonly Passage[],
  unsure: readonly Passage[],
): Piece[] {
  const to = from + text.length;
  const ends = [...inserted, ...unsure].flatMap(({ start, end }) => [start, end]);
  const cuts = [...new Set([from, to, ...ends.filter((at) => at > from && at < to)])].sort((a, b) => a - b);
  const within = (passages: readonly Passage[], at: number) =>
    passages.some(({ start, end }) => start <= at && at < end);
  return cuts.slice(0, -1).map((start, place) => ({
    text: text.slice(start - from, (cuts[place + 1] as number) - from),
    isInserted: within(inserted, start),
    isUnsure: within(unsure, start),
  }));
}

const MARKDOWN =
  /(^|\n) {0,3}(#{1,6} |[-*+] |\d+[.)] |> |```|~~~)|`[^`\n]+`|\*\*[^*\n]+\*\*|__[^_\n]+__|\[[^\]\n]+\]\([^)\n]+\)/;

/** Whether a text has anything to format. */
export function hasMarkdown(text: string): boolean {
  return MARKDOWN.test(text);
}
