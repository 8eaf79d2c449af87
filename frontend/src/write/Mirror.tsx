/**
 * The same text behind a text field, invisible but for its marks. Both lie in one cell of a grid, so that the field is
 * as high as its text, and the marks stand exactly behind their words.
 */
import type { ReactNode } from "react";
import type { Passage } from "./passages";

/** An empty last line has no height of its own. */
const LAST_LINE = "\u200b";

export function Mirror({ text, passages }: { text: string; passages: readonly Passage[] }) {
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const { start, end } of passages) {
    pieces.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>);
    from = end;
  }
  return (
    <div className="mirror" aria-hidden="true" dir="auto">
      {pieces}
      {text.slice(from)}
      {LAST_LINE}
    </div>
  );
}
