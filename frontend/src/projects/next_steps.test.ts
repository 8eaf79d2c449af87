import { expect, test } from "vitest";
import type { Question } from "../api/types";
import { isWriting } from "../questions/kind";
import { type Facts, nextSteps } from "./next_steps";

const running: Facts = {
  imported: 60,
  preannotated: 60,
  labeled: 20,
  rejected: 1,
  answers: 40,
  exported: 0,
  openInquiries: 0,
  toReview: 0,
  failedSuggestions: 0,
  annotators: 2,
  isPaused: false,
  isJobRunning: false,
  hasGuideline: true,
  isWriting: false,
  hasAssistant: false,
};

const names = (facts: Facts) => nextSteps(facts).map((step) => step.name);

test("an empty project needs items before anything else", () => {
  expect(names({ ...running, imported: 0, isPaused: true, openInquiries: 3 })).toEqual(["import"]);
});

test("what stops people comes before what they can do", () => {
  expect(names({ ...running, isPaused: true, openInquiries: 2 })).toEqual([
    "paused",
    "inquiries",
    "annotate",
  ]);
});

test("items without suggestions are named unless a job is at them", () => {
  expect(names({ ...running, preannotated: 40 })).toContain("preannotate");
  expect(names({ ...running, preannotated: 40, isJobRunning: true })).not.toContain("preannotate");
});

test("answers that wait for a review hold the project up", () => {
  expect(names({ ...running, labeled: 59, answers: 0, toReview: 40 })).toEqual(["review"]);
});

test("finished work asks to be exported", () => {
  expect(nextSteps({ ...running, labeled: 59, answers: 118, exported: 68 })).toEqual([
    { name: "export", count: 50, tone: "plain" },
  ]);
});

test("a project where people write is told of the assistant until somebody has answered", () => {
  const fresh = { ...running, labeled: 0, answers: 0, isWriting: true };
  expect(names(fresh)).toEqual(["assistant", "annotate"]);
  expect(names({ ...fresh, labeled: 1 })).not.toContain("assistant");
  expect(names({ ...fresh, preannotated: 0 })).not.toContain("preannotate");
});

test("a comment beside a choice makes no writing project; a turn, an aim or texts alone do", () => {
  const text = { kind: "text", aim_min_words: null, aim_max_words: null } as Question;
  const choice = { kind: "choice" } as Question;
  expect(isWriting([choice, text])).toBe(false);
  expect(isWriting([text, text])).toBe(true);
  expect(isWriting([choice, { ...text, aim_max_words: 80 } as Question])).toBe(true);
  expect(isWriting([choice, { kind: "chat" } as Question])).toBe(true);
  expect(isWriting([choice])).toBe(false);
});
