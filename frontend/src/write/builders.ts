/** Builders for tests of writing with a model. */
import type { Draft } from "../api/types";
import type { AssistantSummary } from "../assist/types";

export function aDraft(given: Partial<Draft> = {}): Draft {
  return {
    id: 1,
    number: 1,
    question: "response",
    status: "done",
    text: "Bands stand out against snow.",
    reason: null,
    is_cut: false,
    query: "",
    model: { name: "writer", model: "writer", recorded: false },
    version: "abc",
    tokens: 6,
    first_token_ms: 100,
    generation_ms: 400,
    probability: null,
    unsure: [],
    rating: null,
    created_at: "2026-01-01T00:00:00Z",
    ...given,
  };
}

export function anAssistant(given: Partial<AssistantSummary> = {}): AssistantSummary {
  return {
    model: "writer",
    answers: "response",
    query: null,
    query_is_field: false,
    sees: [],
    sees_pictures: false,
    sees_guideline: false,
    may_not_know: false,
    max_words: null,
    copying: "warn",
    copy_limit: 0.5,
    most_drafts: 20,
    ...given,
  };
}
