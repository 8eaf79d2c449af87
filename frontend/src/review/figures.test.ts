import { expect, test } from "vitest";
import { formatPoints, withTitles } from "./figures";

test("points have one decimal on a scale of a hundred and up to three on a scale of one", () => {
  expect(formatPoints(79.333333, 100)).toBe("79.3");
  expect(formatPoints(30, 100, true)).toBe("30");
  expect(formatPoints(0.7, 1)).toBe("0.70");
  expect(formatPoints(-4, 100)).toBe("−4.0");
  expect(formatPoints(-0, 100)).toBe("0.0");
});

test("a reference to a field reads as its title", () => {
  expect(withTitles("Answers all of {{ query }}, not {{else}}.", { query: "Query" })).toBe(
    "Answers all of “Query”, not “else”.",
  );
});
