import { expect, test } from "vitest";
import type { Edit } from "../api/types";
import { changeBetween, replayed, withEdit } from "./edits";

function anEdit(given: Partial<Edit> = {}): Edit {
  return {
    at_ms: 0,
    start: 0,
    removed: 0,
    inserted: "",
    source: "typed",
    is_paste: false,
    draft: null,
    ...given,
  };
}

const QUICK = { isComposing: false, pauseMs: 100 };

test("offsets are code points: an emoji before the change is one", () => {
  expect(changeBetween("👩‍🚀 at sea", "👩‍🚀 at the sea")).toEqual({ start: 7, removed: 0, inserted: "the " });
});

test("two characters that share a half are changed as wholes", () => {
  expect(changeBetween("a😀b", "a😁b")).toEqual({ start: 1, removed: 1, inserted: "😁" });
  expect(changeBetween("a😀b", "a🨀b")).toEqual({ start: 1, removed: 1, inserted: "🨀" });
});

test("equal texts have no change", () => {
  expect(changeBetween("same", "same")).toBeNull();
});

test("typing that goes on is one edit, and so is deleting backwards or forwards", () => {
  let edits = withEdit([], anEdit({ inserted: "S" }), QUICK);
  edits = withEdit(edits, anEdit({ start: 1, inserted: "ea" }), QUICK);
  expect(edits).toEqual([anEdit({ inserted: "Sea" })]);
  edits = withEdit(edits, anEdit({ start: 2, removed: 1 }), QUICK);
  edits = withEdit(edits, anEdit({ start: 1, removed: 1 }), QUICK);
  edits = withEdit(edits, anEdit({ start: 1, removed: 3 }), QUICK);
  expect(edits).toEqual([anEdit({ inserted: "Sea" }), anEdit({ start: 1, removed: 5 })]);
});

test("a pause of two seconds, another place, and what was not typed begin an edit of their own", () => {
  const first = [anEdit({ inserted: "Sea" })];
  expect(withEdit(first, anEdit({ start: 3, inserted: "s" }), { ...QUICK, pauseMs: 2000 })).toHaveLength(2);
  expect(withEdit(first, anEdit({ start: 1, inserted: "s" }), QUICK)).toHaveLength(2);
  expect(withEdit(first, anEdit({ start: 3, inserted: "s", source: "draft" }), QUICK)).toHaveLength(2);
  expect(withEdit(first, anEdit({ start: 3, inserted: "s", is_paste: true }), QUICK)).toHaveLength(2);
});

test("what an input method replaces while it composes is no edit of its own", () => {
  const composing = { isComposing: true, pauseMs: 100 };
  let edits: Edit[] = [];
  let before = "海 ";
  for (const after of ["海 k", "海 か", "海 かm", "海 かも", "海 鴎"]) {
    const change = changeBetween(before, after);
    if (change !== null) edits = withEdit(edits, anEdit(change), composing);
    before = after;
  }
  expect(edits).toEqual([anEdit({ start: 2, inserted: "鴎" })]);
});

test("edits that cannot be lead nowhere", () => {
  expect(replayed({ base: "ab", edits: [anEdit({ start: 1, removed: 2 })] })).toBeNull();
  expect(replayed({ base: "ab", edits: [anEdit({ start: 3, inserted: "c" })] })).toBeNull();
});

/** The same numbers on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ALPHABET = [
  ..."ab \nشמé漢ก",
  "e\u0301",
  "😀",
  "😁",
  "👩‍🚀",
  "🇫🇷",
  "👍🏽",
  "\u200f",
  "\ud83d",
  "\ude00",
  "\ufeff",
];

test("replaying gives the text, whatever was typed, pasted, composed and undone", () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const below = numbers(seed);
    const words = (most: number) =>
      Array.from({ length: below(most) }, () => ALPHABET[below(ALPHABET.length)]).join("");
    const base = words(6);
    const former = [base];
    let text = base;
    let edits: Edit[] = [];
    for (let step = 0; step < 40; step += 1) {
      const [start, removed] = [below(text.length + 1), below(4)];
      const isUndo = below(6) === 0;
      const end = below(2) === 0 ? text.length : start; // often where the last typing ended
      const at = Math.min(start, end);
      const after = isUndo
        ? (former[below(former.length)] as string)
        : text.slice(0, end === text.length ? end : at) +
          words(4) +
          text.slice(Math.min(text.length, end + removed));
      const change = changeBetween(text, after);
      former.push(text);
      if (change !== null) {
        const source = below(5) === 0 ? "draft" : "typed";
        const manner = { isComposing: below(3) === 0, pauseMs: below(4000) };
        edits = withEdit(edits, anEdit({ ...change, source }), manner);
      }
      text = after;
      // Halves of characters are refused by the server; that a text had one on the way must not matter.
      if (!/\p{Surrogate}/u.test(text))
        expect(replayed({ base, edits }), `seed ${seed}, step ${step}`).toBe(text);
    }
  }
});
