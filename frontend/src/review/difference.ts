/** What changed between two texts, word by word, by their longest common subsequence. */

export interface Piece {
  text: string;
  change: "same" | "added" | "removed";
}

/** Up to so many words are compared one with another; longer texts line by line. */
const MOST_CELLS = 4_000_000;

/** The pieces of both texts in reading order; those that are the same or added make up `after`. */
export function difference(before: string, after: string): Piece[] {
  const [old, young] = [wordsOf(before), wordsOf(after)];
  const isShort = old.length * young.length <= MOST_CELLS;
  return joined(isShort ? compared(old, young) : compared(linesOf(before), linesOf(after)));
}

/** Whether nothing but the same is in it. */
export function isSame(pieces: readonly Piece[]): boolean {
  return pieces.every(({ change }) => change === "same");
}

function compared(before: readonly string[], after: readonly string[]): Piece[] {
  const start = commonStart(before, after);
  const end = commonStart(before.slice(start).reverse(), after.slice(start).reverse());
  const [old, young] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [
    ...after.slice(0, start).map((text): Piece => ({ text, change: "same" })),
    ...between(old, young),
    ...after.slice(after.length - end).map((text): Piece => ({ text, change: "same" })),
  ];
}

function between(before: readonly string[], after: readonly string[]): Piece[] {
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1)
    for (let column = after.length - 1; column >= 0; column -= 1)
      longest[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const pieces: Piece[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, young] = [before[row], after[column]];
    if (old !== undefined && old === young) {
      pieces.push({ text: old, change: "same" });
      row += 1;
      column += 1;
    } else if (old !== undefined && (young === undefined || at(row + 1, column) >= at(row, column + 1))) {
      pieces.push({ text: old, change: "removed" });
      row += 1;
    } else {
      pieces.push({ text: young ?? "", change: "added" });
      column += 1;
    }
  }
  return pieces;
}

/** Neighbours of one kind become one piece, what was removed first; a space between two changes is part of both. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let [removed, added] = ["", ""];
  const close = () => {
    if (removed !== "") found.push({ text: removed, change: "removed" });
    if (added !== "") found.push({ text: added, change: "added" });
    [removed, added] = ["", ""];
  };
  pieces.forEach(({ text, change }, at) => {
    const isBetween = text.trim() === "" && pieces[at + 1] !== undefined && pieces[at + 1]?.change !== "same";
    if (change === "same" && removed !== "" && added !== "" && isBetween) {
      removed += text;
      added += text;
    } else if (change === "same") {
      close();
      const last = found.at(-1);
      if (last?.change === "same") found[found.length - 1] = { ...last, text: last.text + text };
      else found.push({ text, change });
    } else if (change === "removed") removed += text;
    else added += text;
  });
  close();
  return found;
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && count < other.length && one[count] === other[count]) count += 1;
  return count;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Words, spaces and signs, in any script. */
function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
