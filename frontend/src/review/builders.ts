/** Builders for tests: a rubric, a review, a verdict, with only what a test cares about said. */
import type { Criterion, ErrorCategory, JudgeOpinion, ReviewTask, Rubric, Verdict } from "./types";

/** Grades are named by their level. */
export function aCriterion(name: string, weight: number, given: Partial<Criterion> = {}, levels = [1, 2, 3]) {
  const labels: Record<number, string> = { 1: "Insufficient", 2: "Minimum", 3: "Good" };
  const grades = levels.map((level) => ({
    name: `g${level}`,
    label: labels[level] ?? String(level),
    level,
    definition: "",
  }));
  return { name, title: name, weight, grades, definition: "", allow_na: false, harshness: 3, ...given };
}

export function anError(name: string, penalty: number, given: Partial<ErrorCategory> = {}): ErrorCategory {
  return { name, title: name, penalty, definition: "", counted: true, harshness: 3, ...given };
}

export function aRubric(given: Partial<Rubric> = {}): Rubric {
  return {
    name: "answers",
    title: "Answers",
    threshold: 80,
    max_score: 100,
    criteria: [aCriterion("follows", 0.5), aCriterion("complete", 0.5)],
    errors: [],
    description: "",
    ...given,
  };
}

export function aVerdict(part: string, given: Partial<Verdict> = {}): Verdict {
  return {
    part,
    status: "ok",
    grade: null,
    count: null,
    explanation: "",
    confidence: null,
    distribution: {},
    contradicts: null,
    reason: null,
    ...given,
  };
}

export function anOpinion(verdicts: Verdict[], given: Partial<JudgeOpinion> = {}): JudgeOpinion {
  return {
    feedback: 1,
    model: "small",
    judge_version: "1",
    verdicts,
    scores: [],
    status: null,
    reason: null,
    binds: false,
    card: null,
    ...given,
  };
}

export function aReview(given: Partial<ReviewTask> = {}): ReviewTask {
  return {
    assignment: 7,
    revision: 1,
    item: { id: 7, external_id: "item-7", fields: { text: "Text 7" }, language: null },
    schema_version: 1,
    guideline_version: 1,
    answers: { reason: { kind: "text", value: "Because.", confidence: null } },
    is_calibration: false,
    picked: { by: "auditor", share: 0.1 },
    round: 0,
    last_chance: false,
    previous: null,
    only: null,
    rubrics: [aRubric()],
    rubric_version: 1,
    lease_until: null,
    own: null,
    judge: null,
    judge_waits: false,
    orders: {},
    ...given,
  };
}
