import { expect, test } from "vitest";
import { aCriterion, anError, aRubric } from "./builders";
import { score, statusOf } from "./score";

const FIVE = [1, 2, 3, 4, 5];

test("three of five, two of five and five of five at weights 0.3, 0.3 and 0.4 are 0.7, which passes at 0.7", () => {
  const criteria = [
    aCriterion("a", 0.3, {}, FIVE),
    aCriterion("b", 0.3, {}, FIVE),
    aCriterion("c", 0.4, {}, FIVE),
  ];
  const rubric = aRubric({ criteria, threshold: 0.7, max_score: 1 });
  const found = score(rubric, { a: "g3", b: "g2", c: "g5" }, {});
  expect(found.raw).toBe(0.7);
  expect(found.status).toBe("passed");
});

test("errors cost their points as often as they were found, below nought too", () => {
  const rubric = aRubric({
    criteria: [],
    errors: [anError("claim", 30), anError("format", 1)],
    threshold: 60,
  });
  expect(score(rubric, {}, { claim: 1, format: 2 })).toMatchObject({ raw: 68, status: "passed" });
  expect(score(rubric, {}, { claim: 4 })).toMatchObject({ raw: -20, shown: 0, status: "redo" });
  expect(score(rubric, {}, {})).toMatchObject({ raw: 100, parts: { claim: 0, format: 0 } });
});

test("the weight of what does not apply goes to the others", () => {
  const rubric = aRubric({ criteria: [aCriterion("a", 0.3), aCriterion("b", 0.3), aCriterion("c", 0.4)] });
  const found = score(rubric, { a: "g3", b: "g3", c: "na" }, {});
  expect(found.parts.a).toBeCloseTo(50);
  expect(found).toMatchObject({ raw: 100, notApplicable: ["c"] });
});

test("without a criterion that applies the score begins at the maximum", () => {
  const rubric = aRubric({ criteria: [aCriterion("a", 1)], errors: [anError("claim", 5)] });
  expect(score(rubric, { a: "na" }, { claim: 1 }).raw).toBe(95);
});

test("a scale without a level 2 still has three levels", () => {
  const rubric = aRubric({ criteria: [aCriterion("follows", 1, {}, [1, 3])] });
  expect(score(rubric, { follows: "g1" }, {}).raw).toBeCloseTo(33.333333333);
});

test("who is asked about some criteria scores by these alone", () => {
  const rubric = aRubric({ errors: [anError("claim", 5)] });
  const found = score(rubric, { complete: "g3" }, {}, ["complete"]);
  expect(found.raw).toBe(100);
  expect(found.terms).toHaveLength(1);
});

test("there is no status while something is not graded, and the points so far show", () => {
  const found = score(aRubric(), { follows: "g3" }, {});
  expect(found).toMatchObject({ raw: 50, status: null, open: ["complete"] });
});

test("any rubric below its threshold is a REDO, and an open one leaves it open", () => {
  const passes = score(aRubric(), { follows: "g3", complete: "g3" }, {});
  const fails = score(aRubric(), { follows: "g1", complete: "g1" }, {});
  const open = score(aRubric(), {}, {});
  expect(statusOf([passes, fails])).toBe("redo");
  expect(statusOf([passes, passes])).toBe("passed");
  expect(statusOf([passes, open])).toBeNull();
  expect(statusOf([])).toBeNull();
});
