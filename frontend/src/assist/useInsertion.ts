/** Puts words of a draft where the cursor is in the text that is written; nothing of it is replaced. */
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { FormControl } from "../annotate/useForm";
import type { Question } from "../api/types";
import { putText } from "../write/put_text";
import type { WritingControl } from "../write/useWriting";
import { insertAt } from "./insertion";

type Field = HTMLTextAreaElement | HTMLInputElement;

export function useInsertion(
  { form, write, settle }: FormControl,
  question: Question | undefined,
  expect: WritingControl["expect"],
): (draft: number, words: string) => void {
  const name = question?.name;
  const hasCursor = useHadFocus(name);
  const cursor = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the text is in the field
  useLayoutEffect(() => {
    if (cursor.current !== null && name !== undefined)
      fieldOf(name)?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [form]);
  return (draft, words) => {
    if (question === undefined) return;
    const text = form.texts[question.name] ?? "";
    const at = hasCursor() ? (fieldOf(question.name)?.selectionEnd ?? text.length) : text.length;
    const inserted = insertAt(text, at, words);
    cursor.current = inserted.cursor;
    settle(); // a step of its own: undo takes back just what came
    expect(question.name, { source: "draft", draft });
    const field = fieldOf(question.name);
    if (field === null || !putText(field, inserted.text)) write(question, inserted.text);
    settle();
  };
}

function fieldOf(question: string): Field | null {
  return document.querySelector<Field>(
    `textarea#text-${CSS.escape(question)}, input#text-${CSS.escape(question)}`,
  );
}

/** Whether the person has been in the field; before, it has no cursor that means anything. */
function useHadFocus(question: string | undefined): () => boolean {
  const had = useRef(false);
  useEffect(() => {
    const look = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target.id === `text-${question}`) had.current = true;
    };
    document.addEventListener("focusin", look);
    return () => document.removeEventListener("focusin", look);
  }, [question]);
  return useCallback(() => had.current, []);
}
