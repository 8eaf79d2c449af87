import { expect, test } from "vitest";
import { leaving } from "./ledger";

const counts = { submitted: 20, rejected: 3, surplus: 2, skipped: 5, leased: 1 };
const options = { format: "jsonl", include_unreviewed: true, include_surplus: false, include_rejected: false } as const;

test("only what the options ask for leaves, and open work never does", () => {
  expect(leaving(counts, options)).toBe(20);
  expect(leaving(counts, { ...options, include_rejected: true, include_surplus: true })).toBe(25);
  expect(leaving(counts, { ...options, include_unreviewed: false })).toBe(0);
});
