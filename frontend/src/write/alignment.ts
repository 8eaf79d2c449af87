/**
 * How much of a text came from drafts: a word counts when it lies in three or more words in a row that also stand in
 * a draft. The server works it out the same way; both are tested on tests/known_answers/alignment.json, which says
 * what a word is.
 */

/** A passage of the text and where it stands in a draft; offsets are UTF-16 units, the last word included. */
export interface Block {
  /** Id of the draft. */
  draft: number;
  start: number;
  end: number;
  draftStart: number;
  draftEnd: number;
  /** How many words it has. */
  words: number;
}

export interface Alignment {
  /** Words from drafts among all words; 0 where there are none. */
  share: number;
  /** From left to right, never one over the other. */
  blocks: readonly Block[];
  /** Words to change to get from the draft most came from to the text; null where nothing came from any. */
  editDistance: number | null;
  /** How many words the text has. */
  words: number;
}

/** What an alignment needs of a draft. */
export interface AlignedDraft {
  id: number;
  text: string;
}

interface Word {
  folded: string;
  start: number;
  end: number;
}

/** So many words in a row are no coincidence. */
const SHORTEST_RUN = 3;

export function align(final: string, drafts: readonly AlignedDraft[]): Alignment {
  const words = wordsOf(final);
  const read = drafts.map(({ id, text }) => readDraft(id, wordsOf(text)));
  const folded = words.map((word) => word.folded);
  const covered = read.map((draft) => coveredBy(draft, folded));
  const isFrom = folded.map((_, at) => covered.some((those) => those[at] === 1));
  const counts = covered.map((those) => those.reduce((sum, one) => sum + one, 0));
  const most = counts.reduce((best, count, at) => (count > (counts[best] ?? 0) ? at : best), 0);
  const chief = (counts[most] ?? 0) > 0 ? read[most] : undefined;
  return {
    share: words.length === 0 ? 0 : isFrom.filter(Boolean).length / words.length,
    blocks: blocksOf(words, read, isFrom),
    editDistance: chief === undefined ? null : levenshtein(folded, chief.folded),
    words: words.length,
  };
}

interface ReadDraft {
  id: number;
  words: readonly Word[];
  folded: readonly string[];
  /** Where each three words in a row stand. */
  runs: ReadonlyMap<string, readonly number[]>;
}

function readDraft(id: number, words: readonly Word[]): ReadDraft {
  const folded = words.map((word) => word.folded);
  const runs = new Map<string, number[]>();
  for (let at = 0; at + SHORTEST_RUN <= folded.length; at += 1) {
    const key = runAt(folded, at);
    const known = runs.get(key);
    if (known === undefined) runs.set(key, [at]);
    else known.push(at);
  }
  return { id, words, folded, runs };
}

function runAt(folded: readonly string[], at: number): string {
  return `${folded[at]} ${folded[at + 1]} ${folded[at + 2]}`;
}

/** 1 for each word that comes from the draft. */
function coveredBy(draft: ReadDraft, folded: readonly string[]): Uint8Array {
  const covered = new Uint8Array(folded.length);
  if (folded.length < SHORTEST_RUN) return isWhole(draft, folded) ? covered.fill(1) : covered;
  for (let at = 0; at + SHORTEST_RUN <= folded.length; at += 1)
    if (draft.runs.has(runAt(folded, at))) covered.fill(1, at, at + SHORTEST_RUN);
  return covered;
}

function isWhole(draft: ReadDraft, folded: readonly string[]): boolean {
  return folded.length > 0 && folded.join(" ") === draft.folded.join(" ");
}

function blocksOf(words: readonly Word[], drafts: readonly ReadDraft[], isFrom: readonly boolean[]): Block[] {
  const folded = words.map((word) => word.folded);
  const blocks: Block[] = [];
  let at = 0;
  while (at < words.length) {
    const found = isFrom[at] ? farthest(folded, at, drafts) : undefined;
    if (found === undefined) {
      at += 1;
      continue;
    }
    const { draft, from, count } = found;
    blocks.push({
      draft: draft.id,
      start: (words[at] as Word).start,
      end: (words[at + count - 1] as Word).end,
      draftStart: (draft.words[from] as Word).start,
      draftEnd: (draft.words[from + count - 1] as Word).end,
      words: count,
    });
    at += count;
  }
  return blocks;
}

interface Found {
  draft: ReadDraft;
  /** The word of the draft the block begins with. */
  from: number;
  count: number;
}

/** Of all common runs that hold the word at `at`, the one that reaches farthest right, from that word on. */
function farthest(folded: readonly string[], at: number, drafts: readonly ReadDraft[]): Found | undefined {
  let best: Found | undefined;
  const take = (draft: ReadDraft, from: number, count: number) => {
    if (best === undefined || count > best.count) best = { draft, from, count };
  };
  for (const draft of drafts) {
    if (folded.length < SHORTEST_RUN) {
      if (isWhole(draft, folded)) take(draft, at, folded.length - at);
      continue;
    }
    const starts = new Set<number>();
    for (let first = Math.max(0, at - SHORTEST_RUN + 1); first <= at; first += 1)
      if (first + SHORTEST_RUN <= folded.length)
        for (const place of draft.runs.get(runAt(folded, first)) ?? []) starts.add(place + at - first);
    for (const from of [...starts].sort((one, other) => one - other)) {
      let count = 0;
      while (from + count < draft.folded.length && folded[at + count] === draft.folded[from + count])
        count += 1;
      take(draft, from, count);
    }
  }
  return best;
}

/** Words to insert, remove or replace. */
function levenshtein(one: readonly string[], other: readonly string[]): number {
  let row = Uint32Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at += 1) {
    const next = new Uint32Array(other.length + 1);
    next[0] = at;
    const word = one[at - 1];
    for (let to = 1; to <= other.length; to += 1) {
      const replaced = (row[to - 1] as number) + (word === other[to - 1] ? 0 : 1);
      const removed = (row[to] as number) + 1;
      const inserted = (next[to - 1] as number) + 1;
      next[to] = Math.min(replaced, removed, inserted);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Scripts without spaces: each letter with its signs is a word. */
const ALONE =
  "\\u0E00-\\u0EFF\\u1000-\\u109F\\u1780-\\u17FF\\u3005-\\u3007\\u3040-\\u30FF\\u31F0-\\u31FF\\u3400-\\u4DBF" +
  "\\u4E00-\\u9FFF\\uF900-\\uFAFF\\uFF66-\\uFF9F\\u{20000}-\\u{3FFFF}";
const WORD = new RegExp(
  `(?:(?=[${ALONE}])[\\p{L}\\p{N}]\\p{M}*)|(?:(?![${ALONE}])[\\p{L}\\p{N}]\\p{M}*)+`,
  "gu",
);

/** The words of a text as they are compared. */
export function foldedWords(text: string): string[] {
  return wordsOf(text).map(({ folded }) => folded);
}

function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    folded: fold(word),
    start: index,
    end: index + word.length,
  }));
}

function fold(word: string): string {
  return word.normalize("NFC").toUpperCase().toLowerCase().replaceAll("ς", "σ");
}
