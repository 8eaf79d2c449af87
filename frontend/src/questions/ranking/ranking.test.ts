import { expect, test } from "vitest";
import { aRanking } from "../builders";
import { answer, moved, rankOf, startingRanks, tied } from "./ranking";

const ABC = [["a"], ["b"], ["c"]];

test("a text moves past the one above or below, and stays at the ends", () => {
  expect(moved(ABC, "b", -1)).toEqual([["b"], ["a"], ["c"]]);
  expect(moved(ABC, "b", 1)).toEqual([["a"], ["c"], ["b"]]);
  expect(moved(ABC, "a", -1)).toEqual(ABC);
  expect(moved(ABC, "c", 1)).toEqual(ABC);
});

test("out of a tie a text moves alone, and past a tie at once", () => {
  expect(moved([["a", "b"], ["c"]], "b", -1)).toEqual([["b"], ["a"], ["c"]]);
  expect(moved([["a", "b"], ["c"]], "a", 1)).toEqual([["b"], ["a"], ["c"]]);
  expect(moved([["a", "b"], ["c"]], "c", -1)).toEqual([["c"], ["a", "b"]]);
});

test("a tie joins the group above, and a second press takes the text out again", () => {
  const once = tied(ABC, "b");
  expect(once).toEqual([["a", "b"], ["c"]]);
  expect(tied(once, "c")).toEqual([["a", "b", "c"]]);
  expect(tied(once, "b")).toEqual(ABC);
  expect(tied(ABC, "a")).toEqual(ABC);
});

test("tied texts share a rank, and the next one counts them", () => {
  const ranks = [["a", "b"], ["c"]];
  expect(["a", "b", "c"].map((field) => rankOf(ranks, field))).toEqual([1, 1, 3]);
});

test("the drawn order is no answer before a person has ranked, nor one that lacks a field", () => {
  const question = aRanking();
  expect(startingRanks(question, ["qwen", "gpt", "llama"])).toEqual([["qwen"], ["gpt"], ["llama"]]);
  expect(answer(question, undefined, null)).toBeNull();
  expect(answer(question, [["gpt"], ["llama"]], null)).toBeNull();
  expect(answer(question, [["qwen"], ["gpt", "llama"]], "sure")).toEqual({
    kind: "ranking",
    value: [["qwen"], ["gpt", "llama"]],
    confidence: "sure",
  });
});
