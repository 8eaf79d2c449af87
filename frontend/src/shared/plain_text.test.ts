import { expect, test } from "vitest";
import { withoutMarkdown } from "./plain_text";

test.each([
  ["The writer is **clearly** pleased.", "The writer is clearly pleased."],
  ["*Mostly* praise, __never__ blame, _hardly_ doubt.", "Mostly praise, never blame, hardly doubt."],
  ["**It says *so* itself**: ***praise***.", "It says so itself: praise."],
  ["**“Half shade”**, (**useful**)", "“Half shade”, (useful)"],
  ["It uses `code` and ``two``.", "It uses code and two."],
  ["## Answer\n> quoted\n* one\n+ two\n1. three", "Answer\nquoted\n- one\n- two\n1. three"],
  ["See [the rule](https://example.org/rule) and ![a tap](tap.png).", "See the rule and a tap."],
  ["Two \\*stars\\* meant as such", "Two *stars* meant as such"],
])("emphasis and other marks of Markdown go, the words stay: %j", (written, read) => {
  expect(withoutMarkdown(written)).toBe(read);
});

test.each([
  "2*3*4 and 2 * 3 * 4",
  "snake_case_name and __init__py",
  "5 ** stars, I say **",
  "A #1 place; a > b; - 3",
  "“a*” or “b*”",
  "<b>not markup</b>",
])("what only looks like it stays: %j", (text) => {
  expect(withoutMarkdown(text)).toBe(text);
});

test("a long run of stars takes no time", () => {
  const stars = "*a ".repeat(3000);
  const begun = performance.now();
  withoutMarkdown(stars);
  expect(performance.now() - begun).toBeLessThan(1000);
});
