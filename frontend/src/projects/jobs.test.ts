import { expect, test } from "vitest";
import { finalCost, shareDone } from "./jobs";

test("a job that had nothing to do is complete when it is done", () => {
  expect(shareDone({ state: "done", done: 0, total: 0 })).toBe(1);
  expect(shareDone({ state: "queued", done: 0, total: 0 })).toBe(0);
});

test("the final cost goes on at the cost of each unit so far", () => {
  expect(finalCost({ cost_usd: 6.12, done: 9420, total: 12_000 })).toBeCloseTo(7.8, 1);
  expect(finalCost({ cost_usd: 0, done: 0, total: 10 })).toBeNull();
});
