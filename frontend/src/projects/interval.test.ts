import { expect, test } from "vitest";
import { wilson } from "./interval";

test("the interval of 15 out of 20 is the one scipy gives", () => {
  const { low, high } = wilson(15, 20); // scipy.stats.binomtest(15, 20).proportion_ci(method="wilson")
  expect(low).toBeCloseTo(0.5313, 4);
  expect(high).toBeCloseTo(0.8881, 4);
});

test("nothing counted says nothing", () => {
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
});
