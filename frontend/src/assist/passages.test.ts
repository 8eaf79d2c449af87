import { expect, test } from "vitest";
import { align } from "../write/alignment";
import { aDraft } from "./builders";
import { hasMarkdown, insertedOf, isInserted, piecesOf, sentencesOf, unsureOf } from "./passages";

test("sentences keep their signs and lose the space around them, in any script", () => {
  const text = "  One is here. Two?! 灯台は赤い。海は青い。\n---";
  expect(sentencesOf(text).map((each) => each.text)).toEqual([
    "One is here.",
    "Two?!",
    "灯台は赤い。",
    "海は青い。\n---",
  ]);
  for (const { start, end, text: words } of sentencesOf(text)) expect(text.slice(start, end)).toBe(words);
});

test("passages with nothing but signs between them are one, with the sign at the end", () => {
  const draft = aDraft("Red bands stand out, white ones do not. Black is rare.");
  const { blocks } = align("I say: red bands stand out; white ones do not", [draft]);
  const inserted = insertedOf(draft, blocks);
  expect(inserted.map(({ start, end }) => draft.text.slice(start, end))).toEqual([
    "Red bands stand out, white ones do not.",
  ]);
  expect(sentencesOf(draft.text).map((each) => isInserted(each, inserted))).toEqual([true, false]);
});

test("of two drafts each shows its own", () => {
  const [one, other] = [aDraft("By day it is paint.", { id: 1 }), aDraft("At night it is light.", { id: 2 })];
  const { blocks } = align("At night it is light, they say.", [one, other]);
  expect(insertedOf(one, blocks)).toEqual([]);
  expect(insertedOf(other, blocks)).toHaveLength(1);
});

test("pieces cover the text whole, whatever overlaps", () => {
  const text = "abcdefghij";
  const pieces = piecesOf(text, 100, [{ start: 98, end: 104 }], [{ start: 102, end: 120 }]);
  expect(pieces.map(({ text }) => text).join("")).toBe(text);
  expect(pieces.map(({ isInserted, isUnsure }) => [isInserted, isUnsure])).toEqual([
    [true, false],
    [true, true],
    [false, true],
  ]);
});

test("a doubt that does not fit the text is left out, never moved", () => {
  const unsure = [{ start: 2, end: 99, probability: 0.3 }];
  expect(unsureOf(aDraft("short", { unsure }))).toEqual([]);
});

test.each([
  ["plain words, 3 * 4 = 12 and a_b_c", false],
  ["# A title", true],
  ["- one\n- two", true],
  ["call `run()` first", true],
  ["it is **bold**", true],
  ["1887 was a year.", false],
])("%j has Markdown: %s", (text, has) => {
  expect(hasMarkdown(text)).toBe(has);
});
