import { expect, test } from "vitest";
import { aChoices } from "../annotate/builders";
import type { Evidence } from "../api/types";
import { numberOf, withReferences } from "./suggestion";

const TRAITS = aChoices(["useful", "personal", "kind"]);

function passage(option: string, quote: string): Evidence {
  return { option, field: "comment", quote, start: 0, end: quote.length };
}

test("an option is numbered by its place in the question", () => {
  expect(numberOf(TRAITS, "kind")).toBe(3);
  expect(numberOf(TRAITS, null)).toBeUndefined();
});

test("each quote in an explanation carries the number of the option its passage speaks for", () => {
  const evidence = [passage("personal", "Mine wilted twice"), passage("useful", "Half shade from noon on")];
  const parts = withReferences("Advice: “half shade from noon”; a story: “mine wilted”.", evidence, TRAITS);
  expect(parts).toEqual([
    { text: "Advice: “half shade from noon”", reference: 1 },
    { text: "; a story: “mine wilted”", reference: 2 },
    { text: ".", reference: undefined },
  ]);
});

test("emphasis in an explanation or in what it quotes stands in the way of no number", () => {
  const evidence = [passage("useful", "Half **shade** from noon on")];
  expect(withReferences("**Advice**: **“half shade from noon”**.", evidence, TRAITS)).toEqual([
    { text: "Advice: “half shade from noon”", reference: 1 },
    { text: ".", reference: undefined },
  ]);
});

test("a quote that is no passage stays plain", () => {
  expect(withReferences("Not “there” at all", [passage("kind", "elsewhere")], TRAITS)).toEqual([
    { text: "Not “there” at all", reference: undefined },
  ]);
});
