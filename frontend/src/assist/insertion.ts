/** Putting words of a draft into a text that a person writes: nothing of it is replaced. */

/** Scripts that put no space between words. */
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\u3000-\u303f\uff00-\uffef]/u;

export interface Inserted {
  text: string;
  /** Where the cursor belongs: behind what came. */
  cursor: number;
}

/** The text with `words` at `at`, a space on either side where words would meet. */
export function insertAt(text: string, at: number, words: string): Inserted {
  const place = Math.min(Math.max(0, at), text.length);
  const [before, after] = [text.slice(0, place), text.slice(place)];
  const start = meets([...before].at(-1), [...words][0]) ? " " : "";
  const end = /^[\p{L}\p{N}]/u.test(after) && meets([...words].at(-1), [...after][0]) ? " " : "";
  const head = before + start + words;
  return { text: head + end + after, cursor: head.length };
}

function meets(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (/\s|[([{«„“‘]/u.test(left) || /\s/u.test(right)) return false;
  return !UNSPACED.test(left) && !UNSPACED.test(right);
}
