import { expect, test } from "vitest";
import { difference, isSame } from "./difference";

const marked = (before: string, after: string) =>
  difference(before, after)
    .map(({ text, change }) =>
      change === "added" ? `[+${text}]` : change === "removed" ? `[-${text}]` : text,
    )
    .join("");

test("a word that was replaced stands beside the new one", () => {
  expect(marked("Use no soap at all.", "Use mild soap at all.")).toBe("Use [-no][+mild] soap at all.");
});

test("words that were replaced in a row are one change, not word by word", () => {
  expect(marked("Wash the lower half now.", "Rinse all parts under now.")).toBe(
    "[-Wash the lower half][+Rinse all parts under] now.",
  );
});

test("what was added at the end is added, the rest stays", () => {
  expect(marked("Rinse it.", "Rinse it. Dry it.")).toBe("Rinse it.[+ Dry it.]");
});

test("the pieces give both texts back, whatever they are", () => {
  const texts = ["", "a b c", "b c d", "Zürich, 12 %", "猫在睡觉。", "line\nline\n\nline", "a  b"];
  for (const before of texts)
    for (const after of texts) {
      const pieces = difference(before, after);
      const text = (gone: string) =>
        pieces
          .filter(({ change }) => change !== gone)
          .map((p) => p.text)
          .join("");
      expect([text("added"), text("removed")]).toEqual([before, after]);
      expect(isSame(pieces)).toBe(before === after);
    }
});

test("very long texts are compared line by line", () => {
  const long = Array.from({ length: 900 }, (_, number) => `line ${number} of a very long text\n`).join("");
  expect(marked(long, long.replace("line 450 of", "line 450 off"))).toContain(
    "[+line 450 off a very long text\n]",
  );
});
