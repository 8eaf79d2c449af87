import { expect, test } from "vitest";
import { aFeedback } from "./builders";
import { eventsOf } from "./events";

test("what happened is told in order, over all revisions; advice of the judge sends nothing back", () => {
  const judged = aFeedback({
    source: "judge",
    binds: false,
    status: "redo",
    created_at: "2026-11-20T09:05:00Z",
  });
  const sentBack = aFeedback({
    status: "redo",
    created_at: "2026-11-20T10:00:00Z",
    reply: { text: "It is there.", at: "2026-11-20T11:00:00Z" },
  });
  const told = eventsOf([
    {
      number: 2,
      answers: {},
      submitted_at: "2026-11-20T12:00:00Z",
      active_ms: 1,
      decision: null,
      feedback: [],
    },
    {
      number: 1,
      answers: {},
      submitted_at: "2026-11-20T09:00:00Z",
      active_ms: 245_000,
      decision: null,
      feedback: [sentBack, judged],
    },
  ]);
  expect(told.map((event) => (event.kind === "graded" ? event.outcome : event.kind))).toEqual([
    "submitted",
    "graded",
    "redo",
    "replied",
    "submitted",
  ]);
});

test("a word without a verdict is a comment", () => {
  const note = aFeedback({ source: "researcher", note: "Worth one sentence next time." });
  const revision = {
    number: 1,
    answers: {},
    submitted_at: "2026-11-20T09:00:00Z",
    active_ms: 1,
    decision: null,
  };
  expect(eventsOf([{ ...revision, feedback: [note] }]).at(-1)).toMatchObject({ outcome: "commented" });
});
