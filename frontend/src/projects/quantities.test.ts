import { expect, test } from "vitest";
import { formatUsd, inWords } from "./quantities";

test("times are rounded to what one can use", () => {
  expect(inWords(24.4)).toBe("24 sec");
  expect(inWords(179)).toBe("3 min");
  expect(inWords(7500)).toBe("2 hr 5 min");
});

test("amounts under a cent keep their digits", () => {
  expect(formatUsd(6.12)).toBe("$6.12");
  expect(formatUsd(0.0042)).toBe("$0.0042");
});
