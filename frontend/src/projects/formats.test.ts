import { expect, test } from "vitest";
import type { ExportOptions } from "../api/researcher_types";
import { isTraining, missingFor, questionsOf, sentOptions } from "./formats";

const NONE = "sft needs a written question (text or chat); the project has none";
const FITS = {
  sft: { questions: ["response"], missing: null },
  dpo: { questions: ["response", "better"], missing: null },
};
const options = (changes: Partial<ExportOptions>): ExportOptions => ({
  format: "sft",
  states: ["passed"],
  include_unreviewed: null,
  include_unlabeled: false,
  include_edits: false,
  question: null,
  columns: "messages",
  include_provenance: false,
  images: "link",
  ...changes,
});

test("the server says which questions give rows of a format, or what is missing", () => {
  expect(questionsOf("dpo", FITS)).toEqual(["response", "better"]);
  expect(questionsOf("jsonl", FITS)).toEqual([]);
  expect(missingFor("sft", FITS)).toBeNull();
  expect(missingFor("sft", { sft: { questions: [], missing: NONE } })).toBe(NONE);
});

test("a question that the format makes nothing of is not asked for", () => {
  expect(sentOptions(options({ format: "sft", question: "better" }), FITS).question).toBeNull();
  expect(sentOptions(options({ format: "dpo", question: "better" }), FITS).question).toBe("better");
});

test("options of training stay behind when the file is to be looked into", () => {
  const given = { include_provenance: true, images: "include", columns: "prompt-completion" } as const;
  const sent = sentOptions(options({ format: "csv", include_unlabeled: true, ...given }), FITS);
  expect(sent).toMatchObject({ include_provenance: false, images: "link", columns: "messages" });
  expect(sent.include_unlabeled).toBe(true);
  expect(sentOptions(options({ format: "csv", include_edits: true }), FITS).include_edits).toBe(false);
  expect(sentOptions(options({ format: "jsonl", include_edits: true }), FITS).include_edits).toBe(true);
  expect(sentOptions(options({ format: "dpo", ...given }), FITS)).toMatchObject({
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
