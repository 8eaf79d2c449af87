import { expect, test } from "vitest";
import { originOf } from "./source";

const SOURCES = {
  drafts: [
    { id: 4, text: "At night a lighthouse is known by its light, and by day by its paint." },
    { id: 5, text: "Neighbouring towers wear bands, spirals or blocks." },
    { id: 0, text: "This one is still being written now." },
  ],
  subject: "Evening at the point. Still lit every night, and the wind still wins every time.",
};

test("words copied from a draft by hand are the draft's", () => {
  expect(originOf("Neighbouring towers wear bands", SOURCES, [])).toEqual({ source: "draft", draft: 5 });
});

test("also when some of them were changed on the way", () => {
  const changed = "At night a lighthouse is recognised by its light, and by day by its colours.";
  expect(originOf(changed, SOURCES, [])).toEqual({ source: "draft", draft: 4 });
});

test("words of the item are the item's", () => {
  expect(originOf("the wind still wins", SOURCES, [])).toEqual({ source: "subject", draft: null });
});

test("own words that were moved are own; a draft's that were moved stay the draft's", () => {
  expect(originOf("my very own sentence", SOURCES, ["This is my very own sentence here."])).toEqual({
    source: "own",
    draft: null,
  });
  const moved = "Neighbouring towers wear bands";
  expect(originOf(moved, SOURCES, [`So: ${moved}.`])).toEqual({ source: "draft", draft: 5 });
});

test("one or two words that stood in the text already were moved, not taken", () => {
  expect(originOf("its light", SOURCES, ["It has its light."])).toEqual({ source: "own", draft: null });
  expect(originOf("its light", SOURCES, [])).toEqual({ source: "draft", draft: 4 });
});

test("everything else is from outside, signs without words are typed", () => {
  expect(originOf("Copied from some page of the web", SOURCES, [])).toEqual({
    source: "outside",
    draft: null,
  });
  expect(originOf(" … ", SOURCES, [])).toEqual({ source: "typed", draft: null });
});

test("a draft the server has not numbered yet is not named", () => {
  expect(originOf("This one is still being written", SOURCES, []).source).toBe("outside");
});
