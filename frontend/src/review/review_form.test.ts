import { expect, test } from "vitest";
import { anError, anOpinion, aRubric, aVerdict } from "./builders";
import {
  agree,
  agreementsOf,
  countPart,
  disagree,
  EMPTY_REVIEW,
  explainPart,
  findingsOf,
  gradePart,
  outlookOf,
  type Part,
  partsOf,
  reviewFormOf,
} from "./review_form";

const CLAIM = anError("claim", 4);
const RUBRIC = aRubric({ errors: [CLAIM, anError("format", 1, { counted: false })] });
const PARTS = partsOf([RUBRIC], null);
const FOLLOWS = PARTS[0] as Part;
const GRADED = gradePart(gradePart(EMPTY_REVIEW, "follows", "g3"), "complete", "g2");

test("every criterion is found with its grade and every error with its count, nought where nothing was done", () => {
  const form = explainPart(countPart(GRADED, CLAIM, 2), "complete", " two parts missing ");
  expect(findingsOf(form, PARTS)).toEqual([
    { part: "follows", grade: "g3", count: null, explanation: "" },
    { part: "complete", grade: "g2", count: null, explanation: "two parts missing" },
    { part: "claim", grade: null, count: 2, explanation: "" },
    { part: "format", grade: null, count: 0, explanation: "" },
  ]);
  expect(findingsOf(reviewFormOf({ findings: findingsOf(form, PARTS), note: "n" }), PARTS)).toEqual(
    findingsOf(form, PARTS),
  );
});

test("who is asked about one criterion sees one row", () => {
  expect(partsOf([RUBRIC], ["complete"]).map(({ name }) => name)).toEqual(["complete"]);
});

test("a count stays between nought and what there can be of it", () => {
  expect(countPart(EMPTY_REVIEW, CLAIM, -1).counts.claim).toBe(0);
  const [, , , format] = PARTS;
  expect(format?.kind === "error" && countPart(EMPTY_REVIEW, format.error, 5).counts.format).toBe(1);
});

test("first everything is graded, then the judge is shown, then it is stored", () => {
  const form = gradePart(EMPTY_REVIEW, "follows", "g3");
  expect(outlookOf(form, PARTS, null, true)).toMatchObject({ act: "grade", part: { name: "complete" } });
  expect(outlookOf(GRADED, PARTS, "passed", true)).toEqual({ act: "reveal" });
  expect(outlookOf(GRADED, PARTS, "passed", false)).toEqual({ act: "store", status: "passed" });
});

test("nobody is sent back without a word: the part that cost points is to be explained", () => {
  expect(outlookOf(GRADED, PARTS, "redo", false)).toMatchObject({
    act: "explain",
    part: { name: "complete" },
  });
  const explained = explainPart(GRADED, "complete", "a part is missing");
  expect(outlookOf(explained, PARTS, "redo", false)).toEqual({ act: "store", status: "redo" });
  expect(outlookOf({ ...GRADED, note: "see 4.2" }, PARTS, "redo", false)).toEqual({
    act: "store",
    status: "redo",
  });
});

test("agreement is about the grade: the same is agreed, another is not", () => {
  const opinion = anOpinion([
    aVerdict("follows", { grade: "g3" }),
    aVerdict("complete", { grade: "g3" }),
    aVerdict("claim", { count: 0 }),
    aVerdict("format", { status: "unreadable", reason: "no grade in the reply" }),
  ]);
  expect(agreementsOf(GRADED, PARTS, opinion)).toEqual({
    follows: "agree",
    complete: "disagree",
    claim: "agree",
  });
  expect(agreementsOf(GRADED, PARTS, null)).toEqual({});
});

test("a judge that is uncertain is neither agreed nor disagreed with", () => {
  const verdict = aVerdict("follows", { status: "uncertain", grade: "g3" });
  expect(agreementsOf(GRADED, PARTS, anOpinion([verdict]))).toEqual({});
  expect(agree(gradePart(GRADED, "follows", "g1"), FOLLOWS, verdict).grades.follows).toBe("g1");
});

test("agreeing takes the judge's grade over, and disagreeing afterwards brings the own one back", () => {
  const verdict = aVerdict("follows", { grade: "g1" });
  const agreed = agree(GRADED, FOLLOWS, verdict);
  expect(agreed.grades.follows).toBe("g1");
  expect(disagree(agreed, FOLLOWS, verdict).grades.follows).toBe("g3");
});

test("disagreeing with a grade that is one's own asks for another one", () => {
  const verdict = aVerdict("follows", { grade: "g3" });
  const disputed = disagree(GRADED, FOLLOWS, verdict);
  expect(agreementsOf(disputed, PARTS, anOpinion([verdict]))).toEqual({ follows: "disagree" });
  expect(outlookOf(disputed, PARTS, "passed", false)).toMatchObject({
    act: "decide",
    part: { name: "follows" },
  });
  expect(outlookOf(gradePart(disputed, "follows", "g1"), PARTS, "passed", false)).toMatchObject({
    act: "store",
  });
});
