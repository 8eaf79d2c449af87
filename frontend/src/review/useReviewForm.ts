/** The form of one review on screen: what was done, undo, and the scores it amounts to. */
import { useCallback, useMemo, useState } from "react";
import { redo, settle, startHistory, step, undo } from "../annotate/history";
import {
  agree,
  countPart,
  disagree,
  explainPart,
  gradePart,
  type Part,
  partsOf,
  type ReviewForm,
} from "./review_form";
import { type Score, score, statusOf } from "./score";
import type { ErrorCategory, ReviewTask, Rubric, Verdict } from "./types";

export function useReviewForm(task: ReviewTask, initial: ReviewForm) {
  const [history, setHistory] = useState(() => startHistory(initial));
  const form = history.present;
  const { rubrics, only } = task;
  const parts = useMemo(() => partsOf(rubrics, only), [rubrics, only]);
  const scores = useMemo(() => scoresOf(rubrics, only, form), [rubrics, only, form]);
  const change = useCallback(
    (next: (form: ReviewForm) => ReviewForm, topic: string | null = null) =>
      setHistory((before) => step(before, next(before.present), topic)),
    [],
  );
  return {
    form,
    parts,
    scores,
    status: statusOf(scores.map(({ score }) => score)),
    hasHistory: history.past.length > 0,
    grade: (part: string, name: string) => change((now) => gradePart(now, part, name)),
    count: (error: ErrorCategory, count: number) => change((now) => countPart(now, error, count)),
    explain: (part: string, text: string) =>
      change((now) => explainPart(now, part, text), `explanation ${part}`),
    write: (note: string) => change((now) => ({ ...now, note }), "note"),
    agree: (part: Part, verdict: Verdict) => change((now) => agree(now, part, verdict)),
    disagree: (part: Part, verdict: Verdict) => change((now) => disagree(now, part, verdict)),
    settle: () => setHistory(settle),
    undo: () => setHistory((before) => undo(before) ?? before),
    redo: () => setHistory((before) => redo(before) ?? before),
  };
}

/** The score by each rubric that holds something the reviewer is asked about. */
function scoresOf(
  rubrics: readonly Rubric[],
  only: readonly string[] | null,
  form: ReviewForm,
): { rubric: Rubric; score: Score }[] {
  return rubrics
    .filter((rubric) => partsOf([rubric], only).length > 0)
    .map((rubric) => ({ rubric, score: score(rubric, form.grades, form.counts, only) }));
}
