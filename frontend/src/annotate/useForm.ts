/** The form of one item on screen: what was done, undo, and what of the model may be seen. */
import { useCallback, useMemo, useState } from "react";
import type { AnnotatorTask, Confidence, Question, TaskSuggestion } from "../api/types";
import type { Ranks } from "../questions/ranking/ranking";
import {
  accept,
  answersOf,
  askedQuestions,
  type Form,
  outlook,
  pick,
  preselectedBy,
  rank,
  rate,
  reject,
  write,
} from "./form";
import { redo, settle, startHistory, step, undo } from "./history";

export function useForm(
  questions: readonly Question[],
  task: Pick<AnnotatorTask, "reveal">,
  initial: Form,
  given: readonly TaskSuggestion[],
) {
  const [history, setHistory] = useState(() => startHistory(initial));
  const [all, setSuggestions] = useState(given);
  const form = history.present;
  const isAfterChoice = task.reveal.policy === "after_choice";
  const answers = useMemo(() => answersOf(form, questions), [form, questions]);
  const suggestions = useMemo(
    () => (isAfterChoice ? all.filter(({ question }) => answers[question] !== undefined) : all),
    [all, answers, isAfterChoice],
  );
  const preselected = useMemo(() => preselectedBy(suggestions, isAfterChoice), [suggestions, isAfterChoice]);
  const asked = useMemo(() => askedQuestions(form, questions, preselected), [form, questions, preselected]);
  const forecast = useMemo(() => outlook(form, questions, preselected), [form, questions, preselected]);
  const change = useCallback(
    (next: (form: Form) => Form, topic: string | null = null) =>
      setHistory((before) => step(before, next(before.present), topic)),
    [],
  );
  return {
    form,
    answers,
    suggestions,
    preselected,
    asked,
    outlook: forecast,
    hasHistory: history.past.length > 0,
    reveal: setSuggestions,
    pick: (question: Question, option: string) => change((now) => pick(now, question, option, preselected)),
    accept: (question: Question) => change((now) => accept(now, question, preselected)),
    reject: (question: Question) => change((now) => reject(now, question, preselected)),
    write: (question: Question, value: string) =>
      change((now) => write(now, question, value), `text ${question.name}`),
    rank: (question: Question, ranks: Ranks) => change((now) => rank(now, question, ranks)),
    rate: (question: Question, confidence: Confidence) => change((now) => rate(now, question, confidence)),
    replace: (next: Form) => change(() => next),
    settle: () => setHistory(settle),
    undo: () => setHistory((before) => undo(before) ?? before),
    redo: () => setHistory((before) => redo(before) ?? before),
  };
}

export type FormControl = ReturnType<typeof useForm>;
