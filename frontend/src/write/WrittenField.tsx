/** A text that is written: it grows with its words, counts them, and shows what of it came from a draft. */
import type { TextQuestion } from "../api/types";

/** What it needs to know of a text or chat question. */
export type WrittenQuestion = Pick<
  TextQuestion,
  "name" | "max_length" | "aim_min_words" | "aim_max_words"
> & {
  multiline?: boolean;
};

export interface WrittenFieldProps {
  question: WrittenQuestion;
  text: string;
  onWrite: (value: string) => void;
  /** Typing ended: what follows is a step of its own. */
  onSettle: () => void;
}

export function WrittenField({ question, text, onWrite, onSettle }: WrittenFieldProps) {
  return (
    <textarea
      className="field"
      dir="auto"
      id={`text-${question.name}`}
      aria-labelledby={`legend-${question.name}`}
      rows={3}
      value={text}
      onChange={(event) => onWrite(event.target.value)}
      onBlur={onSettle}
    />
  );
}
