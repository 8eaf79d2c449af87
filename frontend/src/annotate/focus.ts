/** Where the keys go: to a question, or to the field in it that finds an option. */
import { useLayoutEffect } from "react";
import type { Question } from "../api/types";

/** The first question has the keys when an item comes up, unless a dialog is open. */
export function useFocusOnStart(assignment: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: again for each item
  useLayoutEffect(() => {
    const first = document.querySelector<HTMLElement>(".pages .question");
    if (document.querySelector("dialog[open]") === null) first?.focus({ preventScroll: true });
  }, [assignment]);
}

/** Go to a question; where it wants a text, into it. */
export function focusQuestion(name: string): void {
  const question = document.getElementById(`question-${name}`);
  question?.focus({ preventScroll: true });
  question?.scrollIntoView({ block: "nearest" });
  if (question?.querySelector(".text-answer"))
    question.querySelector<HTMLElement>("textarea, input[type=text]")?.focus();
}

function typeAheadOf(question: Question | undefined): HTMLElement | null {
  return question === undefined ? null : document.querySelector(`[data-type-ahead="${question.name}"]`);
}

export function hasTypeAhead(question: Question | undefined): boolean {
  return typeAheadOf(question) !== null;
}

export function focusTypeAhead(question: Question | undefined): void {
  typeAheadOf(question)?.focus();
}
