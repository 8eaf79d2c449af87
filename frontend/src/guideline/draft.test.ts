import { expect, test } from "vitest";
import type { ProjectSpec, Section } from "../api/types";
import { changesOf, faultAt, lineDiff, moved, nameFrom, sectionChanges } from "./draft";

const section = (id: string, body: string): Section => ({
  id,
  kind: "task",
  title: id,
  question: null,
  body,
  in_prompt: true,
  inquiry: null,
});

test("only the parts that differ are sent", () => {
  const before = {
    name: "A",
    description: "",
    guideline: { sections: [section("task", "x")] },
  } as unknown as ProjectSpec;
  const after = { ...before, guideline: { sections: [section("task", "y")] } };
  expect(Object.keys(changesOf(before, after))).toEqual(["guideline"]);
  expect(changesOf(before, before)).toEqual({});
});

test("names are made from words in any script and stay unique", () => {
  expect(nameFrom("Über-relevant?", [])).toBe("uber_relevant");
  expect(nameFrom("Tone", ["tone", "tone_2"])).toBe("tone_3");
  expect(nameFrom("品質", [])).toBe("part");
  expect(nameFrom("2nd choice", [])).toBe("nd_choice");
});

test("moving stops at the ends", () => {
  expect(moved(["a", "b", "c"], 2, -2)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
});

test("a fault stands at its field and at what the field is part of", () => {
  const faults = [{ where: "questions.tone.options", found: "1 option(s)", allowed: "at least 2" }];
  expect(faultAt(faults, "questions.tone")).toBe("1 option(s); allowed: at least 2");
  expect(faultAt(faults, "questions.to")).toBeNull();
});

test("versions differ by what was added, reworded and removed", () => {
  const before = [section("task", "old"), section("gone", "text")];
  const after = [section("task", "new"), section("fresh", "text")];
  expect(sectionChanges(before, after).map(({ id, before: was, after: is }) => [id, was, is])).toEqual([
    ["task", "old", "new"],
    ["fresh", null, "text"],
    ["gone", "text", null],
  ]);
});

test("a line that was put in between is the only one that differs", () => {
  const lines = lineDiff("one\nthree", "one\ntwo\nthree");
  expect(lines).toEqual([
    { kind: "same", text: "one" },
    { kind: "added", text: "two" },
    { kind: "same", text: "three" },
  ]);
});
