/** What the feedback screen speaks of, beside what it shares with reviewing. */
import type { Answers, TaskItem } from "../api/types";
import type { Rubric, Status } from "../review/types";

export type Source = "judge" | "auditor" | "researcher";

export interface PartScore {
  raw: number;
  shown: number;
  status: Status;
  /** Points of each criterion, points off of each error (nought or below). */
  parts: Record<string, number>;
  not_applicable: string[];
  left_out: string[];
}
export interface RubricScore {
  rubric: string;
  score: PartScore | null;
  reason: string | null;
}
export interface Finding {
  part: string;
  grade: string | null;
  count: number | null;
  explanation: string;
  confidence: number | null;
  status: "ok" | "uncertain" | "unreadable" | "failed";
  contradicts: string | null;
  reason: string | null;
}
export interface Feedback {
  id: number;
  source: Source;
  label: string;
  model: { name: string; version: string } | null;
  revision: number;
  rubric_version: number;
  findings: Finding[];
  scores: RubricScore[];
  status: Status | null;
  reason: string | null;
  note: string;
  binds: boolean;
  created_at: string;
  reply: { text: string; at: string } | null;
  can_reply: boolean;
}
export interface Decision {
  status: Status;
  by: Source;
  decided_at: string;
}
export interface FeedbackRevision {
  number: number;
  answers: Answers;
  submitted_at: string;
  active_ms: number;
  decision: Decision | null;
  feedback: Feedback[];
}
export interface FirstPass {
  n: number;
  passed: number;
}
export interface AnswerFeedback {
  assignment: number;
  item: TaskItem;
  state: string;
  schema_version: number;
  revisions: FeedbackRevision[];
  redo_until: string | null;
  can_redo: boolean;
  rubrics: Rubric[];
  /** Which single improvement would have been enough. */
  enough: string | null;
  first_pass: FirstPass;
}
export interface FeedbackEntry {
  assignment: number;
  item: { id: number; external_id: string; excerpt: string };
  status: Status | null;
  score: number | null;
  max_score: number | null;
  sources: { source: Source; model: string | null }[];
  decided_at: string;
  seen: boolean;
  state: string;
  can_redo: boolean;
  redo_until: string | null;
}
export interface FeedbackCounts {
  redo: number;
  new: number;
  seen: number;
}
export interface FeedbackPage {
  items: FeedbackEntry[];
  next_cursor: string | null;
  counts: FeedbackCounts;
}
export interface Week {
  /** The first day of it. */
  week: string;
  n: number;
  /** Between 0 and 1. */
  mean: number;
}
export interface MyQuality {
  parts: { part: string; title: string; weeks: Week[] }[];
  first_pass_by_week: { week: string; n: number; passed: number }[];
}
/** A redo as the labeling screen receives it. */
export interface RedoTask {
  /** From 1. */
  round: number;
  rounds: number;
  until: string | null;
  feedback: Feedback[];
  /** The ones that were sent back. */
  answers: Answers;
  rubrics: Rubric[];
}
