import { expect, test } from "vitest";
import type { Evidence } from "../api/types";
import { cutAtPassages, lengthInCodePoints, utf16Indices } from "./code_points";

function passage(text: string, quote: string, option: string | null = null): Evidence {
  const start = lengthInCodePoints(text.slice(0, text.indexOf(quote)));
  return { option, field: "text", quote, start, end: start + lengthInCodePoints(quote) };
}

test("an emoji counts one code point and two UTF-16 units", () => {
  expect(utf16Indices("a🍅b")).toEqual([0, 1, 3, 4]);
  expect(lengthInCodePoints("a🍅b")).toBe(3);
});

test("a passage behind emoji and a family of joined emoji is cut where it stands", () => {
  const text = "🍅🍅 My tomatoes 👩‍👩‍👧 wilted ☀️ twice";
  const pieces = cutAtPassages(text, [passage(text, "wilted ☀️ twice")]);
  expect(pieces.map((piece) => [piece.text, piece.passages.length])).toEqual([
    ["🍅🍅 My tomatoes 👩‍👩‍👧 ", 0],
    ["wilted ☀️ twice", 1],
  ]);
});

test("overlapping passages share the piece in the middle", () => {
  const text = "half shade from noon";
  const pieces = cutAtPassages(text, [
    passage(text, "half shade from", "a"),
    passage(text, "shade from noon", "b"),
  ]);
  expect(pieces.map(({ text, passages }) => [text, passages.map(({ option }) => option)])).toEqual([
    ["half ", ["a"]],
    ["shade from", ["a", "b"]],
    [" noon", ["b"]],
  ]);
  expect(pieces[1]?.ends.map(({ option }) => option)).toEqual(["a"]);
});

test("a passage beyond the text is left out and the text stays whole", () => {
  const outside: Evidence = { option: null, field: "text", quote: "?", start: 3, end: 99 };
  expect(cutAtPassages("short", [outside])).toEqual([{ text: "short", passages: [], ends: [] }]);
});
