/** Builders for tests: feedback, a finding, an entry, with only what a test cares about said. */
import type { Feedback, FeedbackEntry, Finding } from "./types";

export function aFinding(part: string, grade: string | null, count: number | null = null): Finding {
  return {
    part,
    grade,
    count,
    explanation: "",
    confidence: null,
    status: "ok",
    contradicts: null,
    reason: null,
  };
}

export function aFeedback(given: Partial<Feedback> = {}): Feedback {
  const source = given.source ?? "auditor";
  return {
    id: 1,
    source,
    label: { judge: "LLM QA", auditor: "Auditor", researcher: "Researcher" }[source],
    model: source === "judge" ? { name: "small", version: "1" } : null,
    revision: 1,
    rubric_version: 1,
    findings: [],
    scores: [],
    status: null,
    reason: null,
    note: "",
    binds: true,
    created_at: "2026-11-20T10:00:00Z",
    reply: null,
    can_reply: false,
    ...given,
  };
}

export function anEntry(assignment: number, given: Partial<FeedbackEntry> = {}): FeedbackEntry {
  return {
    assignment,
    item: { id: assignment, external_id: `item-${assignment}`, excerpt: `Text ${assignment}` },
    status: "passed",
    score: 90,
    max_score: 100,
    sources: [{ source: "auditor", model: null }],
    decided_at: "2026-11-20T10:00:00Z",
    seen: false,
    state: "passed",
    can_redo: false,
    redo_until: null,
    ...given,
  };
}
