import { expect, test } from "vitest";
import type { ExportOptions } from "../api/researcher_types";
import type { Question } from "../api/types";
import { isTraining, questionsOf, sentOptions } from "./formats";

const QUESTIONS = [
  { kind: "choice", name: "topic" },
  { kind: "text", name: "response" },
  { kind: "pairwise", name: "better" },
] as Question[];
const options = (changes: Partial<ExportOptions>): ExportOptions => ({
  format: "sft",
  states: ["passed"],
  include_unreviewed: null,
  include_unlabeled: false,
  question: null,
  columns: "messages",
  include_provenance: false,
  images: "link",
  ...changes,
});

test("rows come from what was written; where one is preferred, from comparisons too", () => {
  expect(questionsOf("sft", QUESTIONS).map(({ name }) => name)).toEqual(["response"]);
  expect(questionsOf("dpo", QUESTIONS).map(({ name }) => name)).toEqual(["response", "better"]);
});

test("a question that the format makes nothing of is not asked for", () => {
  expect(sentOptions(options({ format: "sft", question: "better" }), QUESTIONS).question).toBeNull();
  expect(sentOptions(options({ format: "dpo", question: "better" }), QUESTIONS).question).toBe("better");
});

test("options of training stay behind when the file is to be looked into", () => {
  const given = { include_provenance: true, images: "include", columns: "prompt-completion" } as const;
  const sent = sentOptions(options({ format: "csv", include_unlabeled: true, ...given }), QUESTIONS);
  expect(sent).toMatchObject({ include_provenance: false, images: "link", columns: "messages" });
  expect(sent.include_unlabeled).toBe(true);
  expect(sentOptions(options({ format: "dpo", ...given }), QUESTIONS)).toMatchObject({
    include_provenance: true,
    images: "include",
    columns: "messages",
  });
});

test("the native files are no training files", () => {
  expect(["jsonl", "csv", "hf"].map((each) => isTraining(each as ExportOptions["format"]))).toEqual([
    false,
    false,
    true,
  ]);
});
