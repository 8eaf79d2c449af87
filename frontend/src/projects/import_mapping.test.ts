import { expect, test } from "vitest";
import { formatOf, missingFields, turned } from "./import_mapping";

test("a file's name says its format", () => {
  expect(formatOf("comments.june.JSONL")).toBe("jsonl");
  expect(formatOf("sheet.tsv")).toBe("tsv");
  expect(formatOf("part-0.parquet")).toBe("parquet");
  expect(formatOf("README")).toBe("jsonl");
});

test("a mapping is turned round, and columns that are nothing stay out", () => {
  expect(turned({ Comment: "text", Nr: "item_id", Extra: "" })).toEqual({ text: "Comment", item_id: "Nr" });
});

test("required fields without a column are named, optional ones are not", () => {
  const field = { show: "text", hint: "" } as const;
  const subject = [
    { ...field, name: "post", title: "Post", required: true },
    { ...field, name: "comment", title: "Comment", required: true },
    { ...field, name: "posted", title: "Posted", required: false },
  ];
  expect(missingFields({ subject }, { text: "comment", when: "" })).toEqual(["Post"]);
});
