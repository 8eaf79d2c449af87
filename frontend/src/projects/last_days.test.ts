import { expect, test } from "vitest";
import { lastDays } from "./last_days";

test("days on which nobody worked are there, with zero, across the end of a month", () => {
  const days = lastDays([{ day: "2026-03-01", answers: 7 }], new Date("2026-03-02T01:00:00Z"), 4);
  expect(days).toEqual([
    { day: "2026-02-27", answers: 0 },
    { day: "2026-02-28", answers: 0 },
    { day: "2026-03-01", answers: 7 },
    { day: "2026-03-02", answers: 0 },
  ]);
});
