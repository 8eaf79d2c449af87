import { expect, test } from "vitest";
import type { Edit, Writing } from "../api/types";
import { deedOf, isWhole, stepOf } from "./replay";

const edit = (changes: Partial<Edit>): Edit => ({
  at_ms: 0,
  start: 0,
  removed: 0,
  inserted: "",
  source: "typed",
  is_paste: false,
  draft: null,
  ...changes,
});

const WRITING: Writing = {
  base: "Hi ",
  edits: [
    edit({ start: 3, inserted: "🗼 stands tall", source: "draft", draft: 7 }),
    edit({ start: 3, removed: 1, inserted: "It" }),
    edit({ start: 0, removed: 3 }),
  ],
};

test("each step is the text as it stood, with who each part is from", () => {
  expect(stepOf(WRITING, 0)).toEqual({
    edit: null,
    removed: "",
    runs: [{ text: "Hi ", source: "base", draft: null }],
  });
  expect(stepOf(WRITING, 1)?.runs.at(-1)).toEqual({ text: "🗼 stands tall", source: "draft", draft: 7 });
  const second = stepOf(WRITING, 2);
  expect(second?.runs.map(({ text, source }) => [text, source])).toEqual([
    ["Hi ", "base"],
    ["It", "typed"],
    [" stands tall", "draft"],
  ]);
  expect(second?.removed).toBe("🗼");
  expect(
    stepOf(WRITING, 3)
      ?.runs.map(({ text }) => text)
      .join(""),
  ).toBe("It stands tall");
});

test("a record with a hole says so instead of showing a text nobody wrote", () => {
  const holed: Writing = { base: "", edits: [edit({ start: 5, inserted: "a" })] };
  expect(isWhole(WRITING)).toBe(true);
  expect(isWhole(holed)).toBe(false);
  expect(stepOf(holed, 1)).toBeNull();
});

test("an edit is told by what it did", () => {
  expect(deedOf(edit({ inserted: "a" }))).toBe("typed");
  expect(deedOf(edit({ inserted: "a", removed: 2 }))).toBe("replaced");
  expect(deedOf(edit({ removed: 2 }))).toBe("removed");
  expect(deedOf(edit({ inserted: "a", source: "draft", draft: 1 }))).toBe("inserted");
  expect(deedOf(edit({ inserted: "a", source: "outside", is_paste: true }))).toBe("pasted");
});
