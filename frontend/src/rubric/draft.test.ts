import { expect, test } from "vitest";
import { aCriterion, anError, aRubric } from "../review/builders";
import {
  faultJustAt,
  faultsWithin,
  fromTemplate,
  missingLevels,
  newCriterion,
  retitled,
  spreadEvenly,
  unknownReferences,
  weightSum,
  weightsFit,
} from "./draft";

test("weights that are spread evenly sum to one, also over three and seven criteria", () => {
  for (const n of [1, 2, 3, 7]) {
    const criteria = Array.from({ length: n }, (_, place) => aCriterion(`c${place}`, 0.9));
    const spread = spreadEvenly(aRubric({ criteria }));
    expect(weightSum(spread)).toBeCloseTo(1, 9);
    expect(weightsFit(spread)).toBe(true);
  }
});

test("weights of 0.3, 0.3 and 0.3 do not fit, and a rubric of errors alone does", () => {
  const three = ["a", "b", "c"].map((name) => aCriterion(name, 0.3));
  expect(weightsFit(aRubric({ criteria: three }))).toBe(false);
  expect(weightsFit(aRubric({ criteria: [], errors: [anError("slip", 5)] }))).toBe(true);
});

test("a template taken twice gets free names for itself and its parts", () => {
  const template = aRubric({ errors: [anError("slip", 5)] });
  const second = fromTemplate(template, [template]);
  expect(second.name).toBe("answers_2");
  expect(second.criteria.map(({ name }) => name)).toEqual(["follows_2", "complete_2"]);
  expect(second.errors[0]?.name).toBe("slip_2");
});

test("the name follows the title until somebody names it", () => {
  const criterion = newCriterion([], ["Bad", "Fair", "Good"]);
  expect(retitled(criterion, "Depth of detail", "criterion", ["criterion"])).toEqual({
    title: "Depth of detail",
    name: "depth_of_detail",
  });
  expect(retitled({ name: "own", title: "Depth" }, "Detail", "criterion", ["own"])).toEqual({
    title: "Detail",
  });
});

test("levels that no grade stands for are named", () => {
  expect(missingLevels(aCriterion("a", 1, {}, [1, 3]).grades)).toEqual([2]);
  expect(missingLevels(aCriterion("a", 1).grades)).toEqual([]);
});

test("references to nothing are named once", () => {
  const text = "Fits {{text}} and {{ picture }}, and {{picture}} again.";
  expect(unknownReferences(text, ["text"])).toEqual(["picture"]);
});

test("a fault belongs to its place and to what it lies in", () => {
  const faults = [{ where: "rubrics.a.criteria.b.definition", found: "{{x}}", allowed: "text" }];
  expect(faultJustAt(faults, "rubrics.a.criteria.b.definition")).toBe("{{x}}; allowed: text");
  expect(faultJustAt(faults, "rubrics.a.criteria.b")).toBeNull();
  expect(faultsWithin(faults, "rubrics.a.criteria.b")).toHaveLength(1);
  expect(faultsWithin(faults, "rubrics.a.criteria.bb")).toHaveLength(0);
});
