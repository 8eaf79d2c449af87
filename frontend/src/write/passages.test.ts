import { expect, test } from "vitest";
import { align } from "./alignment";
import { carried, passagesOf, runsOf, sharesOf, without } from "./passages";

const DRAFT = { id: 7, text: "At night it is known by its light. By day it is known by its paint." };
const TEXT = "The stripes are a daymark. At night it is known by its light. You see it far away.";

function found(text = TEXT, drafts = [DRAFT]) {
  return passagesOf(text, align(text, drafts), drafts).map(({ start, end }) => text.slice(start, end));
}

test("a passage has the signs the draft has too", () => {
  expect(found()).toEqual(["At night it is known by its light."]);
  expect(
    found("I say “red bands stand out”!", [{ id: 7, text: "They call “red bands stand out”." }]),
  ).toEqual(["“red bands stand out”"]);
});

test("passages go along when something is written before them, and end where something is written into them", () => {
  const passages = passagesOf(TEXT, align(TEXT, [DRAFT]), [DRAFT]);
  const before = `So: ${TEXT}`;
  expect(carried(passages, TEXT, before).map(({ start, end }) => before.slice(start, end))).toEqual(found());
  const into = TEXT.replace("known by", "best known by");
  expect(carried(passages, TEXT, into).map(({ start, end }) => into.slice(start, end))).toEqual([
    "At night it is ",
    "known by its light.",
  ]);
  expect(carried(passages, TEXT, "")).toEqual([]);
});

test("taking out leaves the person's own words, one space between them", () => {
  expect(without(TEXT, passagesOf(TEXT, align(TEXT, [DRAFT]), [DRAFT]))).toBe(
    "The stripes are a daymark. You see it far away.",
  );
  expect(without(DRAFT.text, passagesOf(DRAFT.text, align(DRAFT.text, [DRAFT]), [DRAFT]))).toBe("");
  expect(without("Mine alone. ", [])).toBe("Mine alone. ");
});

test("the runs stand in the order of the text and have all its words", () => {
  expect(runsOf(TEXT, align(TEXT, [DRAFT]))).toEqual([
    { draft: null, words: 5 },
    { draft: 7, words: 8 },
    { draft: null, words: 5 },
  ]);
});

test("each draft has its share, those with most first", () => {
  const other = { id: 8, text: "You see it far away." };
  const shares = sharesOf(align(TEXT, [DRAFT, other]));
  expect(shares).toEqual([
    { draft: 7, share: 8 / 18 },
    { draft: 8, share: 5 / 18 },
  ]);
});
