import { expect, test } from "vitest";
import { formatOf, missingFields } from "./import_mapping";

test("a file's name says its format", () => {
  expect(formatOf("comments.june.JSONL")).toBe("jsonl");
  expect(formatOf("sheet.tsv")).toBe("tsv");
  expect(formatOf("README")).toBe("jsonl");
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
