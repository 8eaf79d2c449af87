import { expect, test } from "vitest";
import { addsUp, leaving, ledgerLines } from "./ledger";

const counts = { states: { submitted: 25, rejected: 3, surplus: 0, redo: 2, leased: 1 }, in_review: 5 };

test("answers in review, sent back or still open are listed but cannot leave", () => {
  expect(ledgerLines(counts).map(({ state, mayLeave }) => [state, mayLeave])).toEqual([
    ["submitted", true],
    ["rejected", true],
    ["redo", false],
    ["leased", false],
    ["in_review", false],
  ]);
});

test("what leaves is the sum of the chosen states", () => {
  expect(leaving(counts, ["submitted"])).toBe(20);
  expect(leaving(counts, ["submitted", "rejected", "passed"])).toBe(23);
});

test("a ledger adds up when nothing is lost", () => {
  const ledger = {
    annotations: 26,
    exported: 20,
    excluded: { rejected: 3, redo: 2, leased: 1 },
    unlabeled_items: 0,
    exported_unlabeled: 0,
  };
  expect(addsUp(ledger)).toBe(true);
  expect(addsUp({ ...ledger, exported: 19 })).toBe(false);
  const rows = { candidates: 30, rows: 27, sources: { written: 27 }, left_out: { tie: 2, no_text: 1 } };
  expect(addsUp({ ...ledger, ...rows })).toBe(true);
  expect(addsUp({ ...ledger, ...rows, rows: 26 })).toBe(false);
});
