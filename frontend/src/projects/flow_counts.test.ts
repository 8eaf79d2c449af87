import { expect, test } from "vitest";
import type { Progress } from "../api/researcher_types";
import { flowCounts } from "./Flow";

const progress: Progress = {
  items: { labeled: 4, in_review: 6, done: 3 },
  assignments: { submitted: 10, passed: 3, redo: 1 },
  reviews: { waiting: 6, redo: 1, passed: 3 },
  annotators: [],
  suggestions: { items: 0, ok: 0, abstained: 0, unreadable: 0, failed: 0 },
  days: [],
  gold: [],
  duplicates: 0,
  exported: null,
  open_inquiries: 0,
};

test("answers in review and in REDO are no labels that leave", () => {
  expect(flowCounts(progress).labels).toBe(4 + 3);
});
