/** What of a text came from drafts, as it is shown: passages with their signs, runs of words, and the text without. */

import { type AlignedDraft, type Alignment, foldedWords } from "./alignment";
import { changeIn } from "./edits";

/** UTF-16 offsets of the text. */
export interface Passage {
  draft: number;
  start: number;
  end: number;
}

/** The blocks with the signs around them that the draft has too; those of one draft with no word between are one. */
export function passagesOf(
  text: string,
  { blocks }: Pick<Alignment, "blocks">,
  drafts: readonly AlignedDraft[],
): Passage[] {
  const texts = new Map(drafts.map((draft) => [draft.id, draft.text]));
  const found: Passage[] = [];
  for (const block of blocks) {
    const source = texts.get(block.draft) ?? "";
    const last = found.at(-1);
    const floor = last?.end ?? 0;
    let [start, from] = [block.start, block.draftStart];
    while (start > floor && isSign(text[start - 1]) && text[start - 1] === source[from - 1]) {
      start -= 1;
      from -= 1;
    }
    let [end, to] = [block.end, block.draftEnd];
    while (isSign(text[end]) && text[end] === source[to]) {
      end += 1;
      to += 1;
    }
    const between = text.slice(floor, start);
    if (last !== undefined && last.draft === block.draft && !/[\p{L}\p{N}]/u.test(between)) last.end = end;
    else found.push({ draft: block.draft, start, end });
  }
  return found;
}

function isSign(character: string | undefined): boolean {
  return character !== undefined && /[^\p{L}\p{N}\p{M}\s]/u.test(character);
}

/** The passages after a change of the text: moved along, cut where something was written into them. */
export function carried(passages: readonly Passage[], before: string, after: string): readonly Passage[] {
  const change = changeIn(before, after);
  if (change === null) return passages;
  const { start, end } = change;
  const by = after.length - before.length;
  return passages
    .flatMap((passage) => [
      { ...passage, end: Math.min(passage.end, start) },
      { ...passage, start: Math.max(passage.start, end) + by, end: passage.end + by },
    ])
    .filter((passage) => passage.start < passage.end);
}

/** The text without the passages, and without the space that was for them. */
export function without(text: string, passages: readonly Passage[]): string {
  let rest = "";
  let from = 0;
  for (const { start, end } of passages) {
    rest = joined(rest, text.slice(from, start));
    from = end;
  }
  rest = joined(rest, text.slice(from));
  return passages.length === 0 ? text : rest.trim();
}

function joined(before: string, after: string): string {
  if (before === "" || /\s$/.test(before)) return before + after.replace(/^[^\S\n]+/, "");
  return before + after;
}

/** So many words in a row are the person's own, or one draft's. */
export interface Run {
  /** Id of the draft; null: the person's own. */
  draft: number | null;
  words: number;
}

/** The text as runs of words, in its order. */
export function runsOf(text: string, { blocks }: Pick<Alignment, "blocks">): Run[] {
  const runs: Run[] = [];
  const add = (draft: number | null, words: number) => {
    const last = runs.at(-1);
    if (words === 0) return;
    if (last?.draft === draft) last.words += words;
    else runs.push({ draft, words });
  };
  let from = 0;
  for (const { draft, start, end, words } of blocks) {
    add(null, foldedWords(text.slice(from, start)).length);
    add(draft, words);
    from = end;
  }
  add(null, foldedWords(text.slice(from)).length);
  return runs;
}

/** The share of each draft, those with most first. */
export function sharesOf({ blocks, words }: Alignment): { draft: number; share: number }[] {
  const counts = new Map<number, number>();
  for (const block of blocks) counts.set(block.draft, (counts.get(block.draft) ?? 0) + block.words);
  const shares = [...counts].map(([draft, count]) => ({ draft, share: count / words }));
  return shares.sort((one, other) => other.share - one.share);
}
