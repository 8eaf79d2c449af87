/** Where words come from that were not typed. */
import type { Edit } from "../api/types";
import { type AlignedDraft, align, foldedWords } from "./alignment";

export type EditSource = Edit["source"];

export interface Origin {
  source: EditSource;
  draft: number | null;
}

/** Where pasted words may come from. */
export interface Sources {
  drafts: readonly AlignedDraft[];
  /** The texts of the item. */
  subject: string;
}

/** Words in a row that are no coincidence. */
const ENOUGH = 3;
/** So much of a passage in a text is where it is from, though some words differ. */
const MOSTLY = 0.5;

/**
 * A draft, the item, the person's own texts (as they are and as they were), or none of them. Fewer than three words
 * are looked for in their own texts first: a word moved is no word taken.
 */
export function originOf(inserted: string, { drafts, subject }: Sources, own: readonly string[]): Origin {
  const words = foldedWords(inserted);
  if (words.length === 0) return { source: "typed", draft: null };
  const known = drafts.filter(({ id, text }) => id > 0 && text !== "").toReversed();
  const from = (draft: AlignedDraft): Origin => ({ source: "draft", draft: draft.id });
  const isIn = (text: string) => holds(foldedWords(text), words);
  if (words.length < ENOUGH && own.some(isIn)) return { source: "own", draft: null };
  const whole = known.find(({ text }) => isIn(text));
  if (whole !== undefined) return from(whole);
  if (isIn(subject)) return { source: "subject", draft: null };
  if (own.some(isIn)) return { source: "own", draft: null };
  const shareIn = (text: string) => align(inserted, [{ id: 1, text }]).share;
  const shares = known.map((draft) => ({ draft, share: shareIn(draft.text) }));
  const best = shares.reduce((most, one) => (one.share > most.share ? one : most), {
    draft: null,
    share: 0,
  } as {
    draft: AlignedDraft | null;
    share: number;
  });
  if (best.draft !== null && best.share >= MOSTLY) return from(best.draft);
  if (shareIn(subject) >= MOSTLY) return { source: "subject", draft: null };
  if (own.some((text) => shareIn(text) >= MOSTLY)) return { source: "own", draft: null };
  return { source: "outside", draft: null };
}

/** Whether the words stand in a text in a row. */
function holds(words: readonly string[], sought: readonly string[]): boolean {
  return ` ${words.join(" ")} `.includes(` ${sought.join(" ")} `);
}
