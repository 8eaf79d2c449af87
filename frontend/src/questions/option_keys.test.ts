import { expect, test } from "vitest";
import { aChoice, aChoices, anOption, aText } from "../annotate/builders";
import { isYesOrNo, keyOfOption, matching, optionKeys, optionOfKey } from "./option_keys";

test("numbers pick the first nine options, whatever else they listen to", () => {
  const question = aChoices(Array.from({ length: 11 }, (_, position) => `o${position + 1}`));
  expect(optionOfKey(question, "9")?.name).toBe("o9");
  expect(keyOfOption(anOption("o10"), 9)).toBeNull();
  expect(optionKeys(question)).toHaveLength(9);
});

test("an option's own key is printed, and its number works too", () => {
  const question = aChoice([], { options: [anOption("spam", { key: "p" }), anOption("ham")] });
  expect(keyOfOption(anOption("spam", { key: "p" }), 0)).toBe("p");
  expect(optionOfKey(question, "p")?.name).toBe("spam");
  expect(optionOfKey(question, "1")?.name).toBe("spam");
});

test("y and n answer a question of yes and no, and no other", () => {
  expect(optionOfKey(aChoice(["yes", "no"]), "n")?.name).toBe("no");
  expect(isYesOrNo(aChoice(["yes", "no"]), "y")).toBe(true);
  expect(optionOfKey(aChoice(["good", "bad"]), "n")).toBeUndefined();
  expect(optionKeys(aText())).toEqual([]);
});

test("typing finds options by any of their words, in any order", () => {
  const options = [anOption("a", { label: "Container gardening" }), anOption("b", { label: "Garden tools" })];
  expect(matching(options, "gard cont").map(({ name }) => name)).toEqual(["a"]);
  expect(matching(options, "").length).toBe(2);
});
