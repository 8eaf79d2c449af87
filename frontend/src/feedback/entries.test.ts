import { expect, test } from "vitest";
import { anEntry } from "./builders";
import { dayOf, eachOnce, entryBeside } from "./entries";

const SEEN = anEntry(1, { seen: true });
const NEW = anEntry(2);
const REDO = anEntry(3, { can_redo: true, seen: true, status: "redo", state: "redo" });

test("an answer that comes again on a later page stays where it was", () => {
  const again = { ...NEW, seen: true };
  expect(eachOnce([REDO, NEW, again, SEEN])).toEqual([REDO, NEW, SEEN]);
});

test("stepping stays within the list, and begins at its start", () => {
  const entries = [REDO, NEW, SEEN];
  expect(entryBeside(entries, undefined, 1)).toBe(REDO);
  expect(entryBeside(entries, 3, 1)).toBe(NEW);
  expect(entryBeside(entries, 3, -1)).toBe(REDO);
  expect(entryBeside(entries, 1, 1)).toBe(SEEN);
  expect(entryBeside([], 1, 1)).toBeUndefined();
});

test("days close by are named, others are dates", () => {
  const now = new Date("2026-11-20T12:00:00");
  expect(dayOf("2026-11-20T01:00:00", now)).toBe("today");
  expect(dayOf("2026-11-19T23:00:00", now)).toBe("yesterday");
  expect(dayOf("2026-11-17T12:00:00", now)).toContain("17");
  expect(dayOf("2025-11-17T12:00:00", now)).toContain("2025");
});
