/** The question that hears the keys of options, and the ways to another. */
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Question } from "../api/types";
import { focusQuestion } from "./focus";
import type { Form } from "./form";

export type ActiveQuestion = ReturnType<typeof useActiveQuestion>;

export function useActiveQuestion(asked: readonly Question[], form: Form) {
  const [name, activate] = useState(asked[0]?.name);
  const active = asked.find((each) => each.name === name) ?? asked[0];
  const goTo = useCallback((question: string) => {
    activate(question);
    focusQuestion(question);
  }, []);
  const move = (steps: number) => {
    const at = asked.findIndex((each) => each.name === active?.name);
    const next = asked[Math.min(asked.length - 1, Math.max(0, at + steps))];
    if (next !== undefined) goTo(next.name);
  };

  // Going on waits for the answer, which may have brought up the question to go on to, but not for a paint: the
  // next key is for that question.
  const movesOn = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the form
  useLayoutEffect(() => {
    if (movesOn.current) move(1);
    movesOn.current = false;
  }, [form]);

  return {
    active,
    activate,
    goTo,
    move,
    /** Go to the next question once the form has changed. */
    moveOn: () => {
      movesOn.current = true;
    },
  };
}
