/** What the review screen speaks of. */
import type { Answers, FieldValue, TaskItem } from "../api/types";

export interface Grade {
  name: string;
  label: string;
  level: number;
  definition: string;
}
export interface Criterion {
  name: string;
  title: string;
  weight: number;
  grades: Grade[];
  definition: string;
  allow_na: boolean;
  harshness: number;
}
export interface ErrorCategory {
  name: string;
  title: string;
  penalty: number;
  definition: string;
  counted: boolean;
  harshness: number;
}
export interface Rubric {
  name: string;
  title: string;
  threshold: number;
  max_score: number;
  criteria: Criterion[];
  errors: ErrorCategory[];
  description: string;
}
export type Status = "passed" | "redo";

export interface Finding {
  part: string;
  grade: string | null;
  count: number | null;
  explanation: string;
}
export interface Verdict extends Finding {
  status: "ok" | "uncertain" | "unreadable" | "failed";
  confidence: number | null;
  distribution: Record<string, number>;
  contradicts: string | null;
  reason: string | null;
}
export interface RubricScore {
  rubric: string;
  score: { raw: number; shown: number; status: Status } | null;
  reason: string | null;
}
export interface JudgeCard {
  recall: number | null;
  precision: number | null;
  kappa: number | null;
  n: number;
}
export interface JudgeOpinion {
  feedback: number;
  model: string;
  judge_version: string;
  verdicts: Verdict[];
  scores: RubricScore[];
  status: Status | null;
  reason: string | null;
  binds: boolean;
  card: JudgeCard | null;
}
export interface Feedback {
  id: number;
  source: "judge" | "auditor" | "researcher";
  label: string;
  model: { name: string; version: string } | null;
  revision: number;
  findings: (Finding & { confidence: number | null; status: string; reason: string | null })[];
  scores: RubricScore[];
  status: Status | null;
  reason: string | null;
  note: string;
  reply: { text: string; at: string } | null;
}
export interface ReviewTask {
  assignment: number;
  revision: number;
  item: TaskItem;
  schema_version: number;
  guideline_version: number;
  answers: Answers;
  reject: FieldValue;
  is_calibration: boolean;
  picked: {
    by: "auditor" | "researcher" | "judge" | "escalated" | "redo" | "own_choice";
    share: number | null;
  };
  round: number;
  last_chance: boolean;
  previous: { revision: number; answers: Answers; feedback: Feedback[] } | null;
  only: string[] | null;
  rubrics: Rubric[];
  rubric_version: number;
  lease_until: string | null;
  own: { findings: Finding[]; note: string } | null;
  judge: JudgeOpinion | null;
  judge_waits: boolean;
}
export interface ReviewQueue {
  due: number;
  reviewed_today: number;
  dealt: number | null;
  calibration: { done: number; total: number } | null;
}
export interface NextReview {
  review: ReviewTask | null;
  empty: { reason: "none_due" | "all_claimed" | "dealt_out" | "no_rubric"; text: string } | null;
  queue: ReviewQueue;
}
export type Agreement = "agree" | "disagree";
