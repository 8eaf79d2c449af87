import { expect, test } from "vitest";
import { countText, drawn, intervalOf, isClear, medianText, pastesOf, ratedIn, secondsText } from "./figures";

const of = (n: string, all: string) => `${n} of ${all}`;

test("a share stands with its count, and nothing counted is no number", () => {
  expect(countText(12, 15, of)).toBe("80 % · 12 of 15");
  expect(countText(0, 3, of)).toBe("0 % · 0 of 3");
  expect(countText(0, 0, of)).toBeNull();
  expect(intervalOf(0, 0)).toBeNull();
  expect(medianText({ median: null, n: 0 }, String)).toBeNull();
  expect(medianText({ median: 0, n: 4 }, String)).toBe("0");
});

test("what was rated is thumbs of both kinds; complaints are no further ratings", () => {
  expect(ratedIn({ up: 2, down: 3, wrong: 3, made_up: 1, too_long: 0, off_guideline: 0 })).toBe(5);
});

test("a difference in seconds has a sign unless it is none", () => {
  expect([12.4, -8.26, 0, -0.01].map(secondsText)).toEqual(["+12 s", "−8.3 s", "0 s", "0 s"]);
});

test("a difference is drawn around zero in the middle, inside the scale", () => {
  const one = drawn({ value: -10, low: -20, high: 0 });
  expect(one.high).toBeCloseTo(0.5);
  expect(one.low).toBeGreaterThanOrEqual(0);
  expect(one.at).toBeLessThan(0.5);
  expect(drawn({ value: 0, low: 0, high: 0 }).at).toBe(0.5);
});

test("an interval over zero tells no difference", () => {
  expect(isClear({ low: -1, high: 1 })).toBe(false);
  expect(isClear({ low: 0.1, high: 1 })).toBe(true);
  expect(isClear({ low: -4, high: -2 })).toBe(true);
});

test("pastes come by source, the largest first, none that is nothing", () => {
  expect(pastesOf({ subject: 10, draft: 30, outside: 0 })).toEqual([
    { source: "draft", n: 30, share: 0.75 },
    { source: "subject", n: 10, share: 0.25 },
  ]);
  expect(pastesOf({})).toEqual([]);
});
