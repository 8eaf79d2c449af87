import { expect, test } from "vitest";
import { i18next } from "../i18n";
import "../locales/rubric";
import { aRubric } from "../review/builders";
import { policySentence, withPart, withRule } from "./policy";
import type { ReviewPolicy } from "./types";

const NONE: ReviewPolicy = {
  rules: [],
  redo_rounds: 2,
  redo_hours: 72,
  reveal_judge: "after_own",
  blind: true,
  check: false,
  judge: "Small judge",
  bar: { reviewed: 20, recall: 0.7, precision: 0.6, kappa: 0.2 },
};
const says = (policy: ReviewPolicy, rubrics = [aRubric()]) =>
  policySentence(policy, rubrics, true, i18next.t);

test("a policy is said in one sentence", () => {
  const policy = withRule(withRule(NONE, "auditor", { share: 0.1 }), "judge", {});
  expect(policy.rules.map(({ by }) => by)).toEqual(["judge", "auditor"]);
  expect(says(policy)).toBe(
    "Every answer is judged by Small judge; 10 % go to an auditor; below 80 of 100 it goes back, at most twice.",
  );
});

test("the first answers of each annotator are said", () => {
  expect(says(withRule(NONE, "auditor", { share: 0, first_of_each: 5 }))).toContain(
    "The first 5 answers of each annotator go to an auditor",
  );
});

test("without rules nobody reviews", () => {
  expect(says(NONE)).toContain("Nobody reviews");
  expect(withRule(withRule(NONE, "judge", {}), "judge", null)).toEqual(NONE);
});

test("without rounds nothing goes back, and with several rubrics any of them decides", () => {
  const strict = { ...withRule(NONE, "judge", {}), redo_rounds: 0 };
  expect(says(strict, [aRubric(), aRubric({ name: "other" })])).toContain(
    "below the threshold of any rubric",
  );
  expect(says(strict)).toContain("does not go back");
});

test("asked about every part is asked about all, whatever is added later", () => {
  const rule = withRule(NONE, "judge", {}).rules[0];
  if (!rule) throw new Error("the rule was begun");
  const all = ["a", "b", "c"];
  const fewer = withPart(rule, "b", false, all);
  expect(fewer).toEqual(["a", "c"]);
  expect(withPart({ ...rule, criteria: fewer }, "b", true, all)).toEqual([]);
});
