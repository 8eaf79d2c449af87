/** How the texts of one item come about: every change of a written text, whatever made it, becomes an edit. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Form } from "../annotate/form";
import type { Question, Writing } from "../api/types";
import { isPut } from "./put_text";
import { type Cause, Recorder, type Way } from "./recorder";
import type { Sources } from "./source";

export type { Cause } from "./recorder";
export type { EditSource, Sources } from "./source";

export interface WritingControl {
  /** As it stands after the last paint, by question; ask when something is saved or sent. */
  writing: () => Record<string, Writing>;
  /** Names the cause of the next change of a text. */
  expect: (question: string, cause: Cause) => void;
}

/** What the browser says of an input is about the change that follows at once. */
const AT_ONCE_MS = 500;

/**
 * Call it before whatever saves the form, so that what is saved is complete. Fields carry `data-written`, the name of
 * their question.
 */
export function useWriting(
  form: Form,
  questions: readonly Question[],
  given: Readonly<Record<string, Writing>>,
  sources: Sources,
): WritingControl {
  const [recorder] = useState(() => new Recorder(writtenTexts(form, questions), given));
  const newest = useRef(sources);
  newest.current = sources;
  const clock = useRef({ begun: performance.now(), before: recorder.lastMs });
  const expected = useRef(new Map<string, Cause>());
  const inputs = useInputs(expected.current);

  useEffect(() => {
    const frame = requestAnimationFrame((now) => {
      clock.current.begun = now;
    });
    return () => cancelAnimationFrame(frame);
  }, []);

  useLayoutEffect(() => {
    const { begun, before } = clock.current;
    const atMs = before + Math.max(0, performance.now() - begun);
    for (const [question, text] of Object.entries(writtenTexts(form, questions))) {
      const cause = expected.current.get(question);
      recorder.note(question, text, atMs, inputs.wayOf(question), newest.current, cause);
    }
    expected.current.clear();
    inputs.forget();
  }, [form, questions, recorder, inputs]);

  const writing = useCallback(() => recorder.writing(), [recorder]);
  const expect = useCallback(
    (question: string, cause: Cause) => void expected.current.set(question, cause),
    [],
  );
  return { writing, expect };
}

function writtenTexts(form: Form, questions: readonly Question[]): Record<string, string> {
  const written = questions.filter(({ kind }) => kind === "text" || kind === "chat");
  return Object.fromEntries(written.map(({ name }) => [name, form.texts[name] ?? ""]));
}

/** What the browser said of the input that changes a text now. */
function useInputs(expected: Map<string, Cause>): { wayOf: (question: string) => Way; forget: () => void } {
  const last = useRef<{ question: string; way: Way; at: number } | null>(null);
  useEffect(() => {
    const before = (event: InputEvent) => {
      const field = event.target instanceof HTMLElement ? event.target.dataset.written : undefined;
      if (field === undefined) return;
      if (!isPut()) expected.delete(field);
      const way = isPut() ? "set" : wayIn(event);
      last.current = { question: field, way, at: performance.now() };
    };
    window.addEventListener("beforeinput", before, { capture: true });
    return () => window.removeEventListener("beforeinput", before, { capture: true });
  }, [expected]);
  const wayOf = useCallback((question: string) => {
    const said = last.current;
    if (said === null || said.question !== question || performance.now() - said.at > AT_ONCE_MS) return "set";
    return said.way;
  }, []);
  const forget = useCallback(() => {
    last.current = null;
  }, []);
  return useMemo(() => ({ wayOf, forget }), [wayOf, forget]);
}

function wayIn({ inputType, isComposing }: InputEvent): Way {
  if (inputType === "historyUndo" || inputType === "historyRedo") return "restored";
  if (/^insertFrom(Paste|PasteAsQuotation|Drop|Yank)$/.test(inputType)) return "brought";
  return isComposing || inputType === "insertCompositionText" ? "composing" : "typed";
}
