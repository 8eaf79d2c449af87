import { expect, test } from "vitest";
import { aCriterion, anError, aRubric } from "../review/builders";
import { barValue, gradesGiven, kappaText, leniencyText, namesOf, runOf, shareText } from "./figures";
import type { PartFigures } from "./types";

const RUBRIC = aRubric({ criteria: [aCriterion("follows", 1)], errors: [anError("slip", 5)] });
const NAMES = namesOf([RUBRIC], "N/A");

function figures(judge: Record<string, number>, people: Record<string, number>): PartFigures {
  return {
    n: 3,
    agreement: null,
    kappa: null,
    confusion: {},
    precision: null,
    recall: null,
    leniency: null,
    distribution: { judge, people },
  };
}

test("a share stands with its interval, and nothing measured is a dash", () => {
  expect(shareText({ value: 0.824, low: 0.71, high: 0.904 })).toBe("82 % (71–90)");
  expect(shareText(null)).toBe("–");
  expect(kappaText(-0.1)).toBe("−0.10");
});

test("leniency has a sign: above nought the judge is the milder one", () => {
  expect([0.05, -0.124, 0, null].map(leniencyText)).toEqual(["+5", "−12", "0", "–"]);
});

test("each demand of the bar is given as it is set", () => {
  expect(barValue({ name: "reviewed", value: 12 })).toBe("12");
  expect(barValue({ name: "recall", value: 0.7 })).toBe("70 %");
  expect(barValue({ name: "kappa", value: 0.2 })).toBe("0.20");
  expect(barValue({ name: "recall", value: null })).toBe("–");
});

test("grades stand in the order of the scale, N/A after them, and counts by number", () => {
  expect(gradesGiven("follows", figures({ g3: 2, na: 1 }, { g1: 3 }), NAMES)).toEqual([
    "g1",
    "g2",
    "g3",
    "na",
  ]);
  expect(gradesGiven("slip", figures({ "0": 2, "10": 1 }, { "2": 1 }), NAMES)).toEqual(["0", "2", "10"]);
  expect(NAMES.grade("follows", "g3")).toBe("Good");
  expect(NAMES.grade("follows", "na")).toBe("N/A");
  expect(NAMES.part("slip")).toBe("slip");
});

test("answers that wait are the scope without states; labels of a model have none either", () => {
  const choices = { model: 4, labelsOf: 7, harshness: {}, off: [], cap: "", retry: false };
  expect(runOf({ ...choices, scope: "waiting" })).toMatchObject({
    states: [],
    labels_of: null,
    harshness: null,
  });
  expect(runOf({ ...choices, scope: "all" }).states).toEqual(["submitted", "passed", "redo"]);
  expect(runOf({ ...choices, scope: "labels" })).toMatchObject({ states: [], labels_of: 7 });
  expect(runOf({ ...choices, scope: "waiting", cap: "2.5" }).cost_cap_usd).toBe(2.5);
});
