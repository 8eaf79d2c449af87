/** How the texts of one item come about: every change of a written text, whatever made it, becomes an edit. */

import type { Form } from "../annotate/form";
import type { Draft, Edit, Question, Writing } from "../api/types";

export type EditSource = Edit["source"];

/** Why the next change of a text will happen. */
export interface Cause {
  source: EditSource;
  draft?: number;
  isPaste?: boolean;
}

/** Where pasted words may come from. */
export interface Sources {
  drafts: readonly Draft[];
  /** The texts of the item. */
  subject: string;
}

export interface WritingControl {
  /** As it stands after the last paint, by question; ask when something is saved or sent. */
  writing: () => Record<string, Writing>;
  /** Names the cause of the next change of a text. */
  expect: (question: string, cause: Cause) => void;
}

export function useWriting(
  _form: Form,
  _questions: readonly Question[],
  given: Record<string, Writing>,
  _sources: Sources,
): WritingControl {
  return { writing: () => given, expect: () => undefined };
}
