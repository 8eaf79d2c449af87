import { expect, test } from "vitest";
import { aCriterion, anError, aRubric } from "../review/builders";
import { aFeedback, aFinding } from "./builders";
import { cardsOf, standing } from "./cards";
import type { Decision } from "./types";

const RUBRIC = aRubric({
  criteria: [aCriterion("follows", 0.6), aCriterion("complete", 0.4, { allow_na: true })],
  errors: [anError("claim", 4), anError("typo", 1)],
});
const REDO: Decision = { status: "redo", by: "auditor", decided_at: "2026-11-20T10:00:00Z" };

const auditor = aFeedback({
  id: 2,
  source: "auditor",
  created_at: "2026-11-20T10:00:00Z",
  findings: [
    aFinding("follows", "g3"),
    aFinding("complete", "g2"),
    aFinding("claim", null, 1),
    aFinding("typo", null, 0),
  ],
  scores: [
    {
      rubric: "answers",
      score: {
        raw: 82.67,
        shown: 82.67,
        status: "redo",
        parts: { follows: 60, complete: 26.67, claim: -4, typo: 0 },
        not_applicable: [],
        left_out: [],
      },
      reason: null,
    },
  ],
  status: "redo",
});
const judge = aFeedback({
  id: 1,
  source: "judge",
  created_at: "2026-11-20T09:00:00Z",
  binds: false,
  findings: [
    aFinding("follows", "g3"),
    aFinding("complete", "g3"),
    aFinding("claim", null, 0),
    aFinding("typo", null, 0),
  ],
  status: "passed",
});

test("the score that stands is that of who decided, whoever spoke last", () => {
  expect(standing([auditor, { ...judge, created_at: "2026-11-21T09:00:00Z" }], REDO)).toBe(auditor);
  expect(standing([judge, auditor], null)).toBe(auditor);
  expect(standing([], null)).toBeNull();
});

test("what counts stands first in a card, and says that others said something else", () => {
  const { shown } = cardsOf([RUBRIC], [judge, auditor], REDO);
  const complete = shown.find((card) => card.kind === "criterion" && card.criterion.name === "complete");
  expect(
    complete?.kind === "criterion" &&
      complete.rows.map(({ feedback, counts, isOverridden }) => [feedback.source, counts, isOverridden]),
  ).toEqual([
    ["auditor", true, false],
    ["judge", false, true],
  ]);
  expect(complete?.kind === "criterion" && complete.points).toEqual({ got: 26.67, most: 40 });
});

test("criteria with the best grade by all are folded, and errors nobody made are named", () => {
  const { best, unmade, shown } = cardsOf([RUBRIC], [judge, auditor], REDO);
  expect(best.map(({ criterion }) => criterion.name)).toEqual(["follows"]);
  expect(unmade.map(({ name }) => name)).toEqual(["typo"]);
  expect(shown.find((card) => card.kind === "errors")).toMatchObject({ off: -4 });
});

test("a doubtful verdict keeps a criterion in sight, though its grade is the best", () => {
  const doubtful = { ...judge, findings: [{ ...aFinding("follows", "g3"), contradicts: "g1" }] };
  expect(cardsOf([RUBRIC], [doubtful], null).best).toEqual([]);
  const unsure = { ...judge, findings: [{ ...aFinding("follows", null), status: "uncertain" as const }] };
  expect(cardsOf([RUBRIC], [unsure], null).shown).toHaveLength(1);
});

test("the weight of what was left out goes to the other criteria", () => {
  const score = {
    raw: 66.67,
    shown: 66.67,
    status: "redo" as const,
    parts: { follows: 66.67 },
    not_applicable: ["complete"],
    left_out: [],
  };
  const given = {
    ...auditor,
    findings: [aFinding("follows", "g2"), aFinding("complete", "na")],
    scores: [{ rubric: "answers", score, reason: null }],
  };
  const [card] = cardsOf([RUBRIC], [given], REDO).shown;
  expect(card?.kind === "criterion" && card.points).toEqual({ got: 66.67, most: 100 });
});
