import { expect, test } from "vitest";
import type { Answer } from "../api/types";
import { changedQuestions } from "./changes";

const chosen = (...value: string[]): Answer => ({ kind: "choices", value, confidence: null });

test("the same answer in other words of the wire is no change", () => {
  const before: Answer = { kind: "text", value: "Because.", confidence: null };
  const now: Answer = { confidence: null, value: "Because.", kind: "text" };
  expect(
    changedQuestions({ reason: before, traits: chosen("a", "b") }, { reason: now, traits: chosen("b", "a") }),
  ).toEqual([]);
});

test("what was added, taken away or given another value or confidence is a change", () => {
  const before = { gone: chosen("a"), traits: chosen("a"), sure: chosen("a"), same: chosen("a") };
  const now = {
    traits: chosen("a", "b"),
    sure: { ...chosen("a"), confidence: "sure" as const },
    same: chosen("a"),
    come: chosen("a"),
  };
  expect(changedQuestions(before, now).toSorted()).toEqual(["come", "gone", "sure", "traits"]);
});
