/** When a model's suggestions are shown: from the start, on request, or after the person's first own choice. */
import { useCallback, useEffect, useRef } from "react";
import type { AnnotatorTask, Answers, TaskSuggestion } from "../api/types";
import type { FormControl } from "./useForm";

interface Reveal {
  /** Show them now; undefined where that is not offered, or they are shown. */
  reveal: (() => void) | undefined;
  /** The moment each suggestion was first on screen. */
  revealedAt: () => Readonly<Record<number, string>>;
}

export function useReveal(
  task: AnnotatorTask,
  { answers, suggestions, reveal: show }: FormControl,
  onReveal: ((answers: Answers) => Promise<TaskSuggestion[]>) | undefined,
): Reveal {
  const { policy, held_out } = task.reveal;
  const canReveal =
    policy === "on_request" && !held_out && onReveal !== undefined && suggestions.length === 0;
  const reveal = useCallback(
    () => void onReveal?.(answers).then(show, () => undefined),
    [onReveal, answers, show],
  );
  useRevealAfterChoice(task, answers, onReveal, show);
  return { reveal: canReveal ? reveal : undefined, revealedAt: useRevealTimes(suggestions) };
}

function useRevealTimes(suggestions: readonly TaskSuggestion[]): () => Readonly<Record<number, string>> {
  const times = useRef<Record<number, string>>({});
  useEffect(() => {
    const now = new Date().toISOString();
    for (const { id } of suggestions) times.current[id] ??= now;
  }, [suggestions]);
  return useCallback(() => times.current, []);
}

/** After the person's first own choice the model's may be seen. */
function useRevealAfterChoice(
  task: AnnotatorTask,
  answers: Answers,
  onReveal: ((answers: Answers) => Promise<TaskSuggestion[]>) | undefined,
  show: (suggestions: TaskSuggestion[]) => void,
): void {
  const isAsked = useRef(false);
  useEffect(() => {
    if (task.reveal.policy !== "after_choice" || task.reveal.held_out || isAsked.current) return;
    if (task.suggestions.length > 0 || Object.keys(answers).length === 0 || onReveal === undefined) return;
    isAsked.current = true;
    void onReveal(answers).then(show, () => {
      isAsked.current = false;
    });
  }, [task, answers, onReveal, show]);
}
