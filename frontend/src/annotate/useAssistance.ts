/** The assistant at one form: what it is asked, what it wrote, and putting its words into the text. */
import { useCallback, useLayoutEffect, useRef } from "react";
import type { AnnotatorTask, Question } from "../api/types";
import type { AssistantSummary } from "../assist/types";
import { type Assist, useAssist } from "../assist/useAssist";
import { asText } from "./subject_cards";
import type { FormControl } from "./useForm";

export interface Assistance {
  assist: Assist;
  assistant: AssistantSummary;
  /** The question it drafts. */
  drafted: Question;
  /** What is asked; empty where it is not there yet. */
  query: string;
  hasQuery: boolean;
  /** Why nothing is written for this item at all. */
  without: "held_out" | "not_here" | null;
  generate: () => void;
}

/** Null where the project has no assistant, or its question is not asked. */
export function useAssistance(
  task: AnnotatorTask,
  assistant: AssistantSummary | null,
  { form, answers, asked }: FormControl,
  isTrial: boolean,
  onGenerating: ((isGenerating: boolean) => void) | undefined,
): Assistance | null {
  const assist = useAssist(task, assistant);
  useTelling(assist.isGenerating, onGenerating);
  const query = queryOf(assistant, task, form.texts);
  const { generate: ask } = assist;
  const generate = useCallback(() => ask(query, answers), [ask, query, answers]);
  const drafted = asked.find(({ name }) => name === assistant?.answers);
  if (assistant === null || drafted === undefined || (task.assist === null && !isTrial)) return null;
  return {
    assist,
    assistant,
    drafted,
    query,
    hasQuery: assistant.query === null || query.trim() !== "",
    without: isTrial ? "not_here" : task.assist?.held_out ? "held_out" : null,
    generate,
  };
}

function queryOf(
  assistant: AssistantSummary | null,
  task: AnnotatorTask,
  texts: Readonly<Record<string, string>>,
): string {
  const name = assistant?.query ?? null;
  if (assistant === null || name === null) return "";
  return assistant.query_is_field ? asText(task.item.fields[name] ?? null) : (texts[name] ?? "");
}

/** Tell of the start and the end of each draft. */
function useTelling(isGenerating: boolean, tell: ((isGenerating: boolean) => void) | undefined): void {
  const was = useRef(false);
  const newest = useRef(tell);
  newest.current = tell;
  useLayoutEffect(() => {
    if (was.current !== isGenerating) newest.current?.(isGenerating);
    was.current = isGenerating;
  }, [isGenerating]);
}
