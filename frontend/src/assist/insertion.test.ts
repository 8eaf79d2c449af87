import { expect, test } from "vitest";
import { insertAt } from "./insertion";

test.each([
  ["", 0, "Red.", "Red.|"],
  ["One.", 4, "Two.", "One. Two.|"],
  ["One. ", 5, "Two.", "One. Two.|"],
  ["One. Three.", 4, "Two.", "One. Two.| Three."],
  ["One.Three.", 4, "Two.", "One. Two.| Three."],
  ["One, three.", 3, "two", "One two|, three."],
  ["(", 1, "so", "(so|"],
  ["夜には", 3, "灯台", "夜には灯台|"],
  ["One.\n", 5, "Two.", "One.\nTwo.|"],
  ["One.", 99, "Two.", "One. Two.|"],
])("%j at %i with %j", (text, at, words, wanted) => {
  const { text: found, cursor } = insertAt(text, at, words);
  expect(`${found.slice(0, cursor)}|${found.slice(cursor)}`).toBe(wanted);
});
