/** Which column of a file is what in the project. */
import type { ImportFormat } from "../api/researcher_types";
import type { Question, SubjectField } from "../api/types";

export const FORMATS: ImportFormat[] = ["jsonl", "json", "csv", "tsv", "parquet"];

/** What a column can be besides a field or a known answer. */
export const TARGETS = ["item_id", "category", "language"] as const;

const ENDINGS: Record<string, ImportFormat> = {
  jsonl: "jsonl",
  ndjson: "jsonl",
  json: "json",
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  txt: "tsv",
  parquet: "parquet",
};

/** The format a file name stands for; JSONL where it says nothing. */
export function formatOf(filename: string): ImportFormat {
  return ENDINGS[filename.split(".").at(-1)?.toLowerCase() ?? ""] ?? "jsonl";
}

interface Shape {
  subject: SubjectField[];
  questions: Question[];
}

interface Target {
  value: string;
  title: string;
}

export function targetsOf({ subject, questions }: Shape): { fields: Target[]; gold: Target[] } {
  return {
    fields: subject.map((field) => ({ value: field.name, title: field.title })),
    gold: questions.map((question) => ({ value: `gold.${question.name}`, title: question.title })),
  };
}

/** Keys and values changed places: what each column is, or which column each part comes from. */
export function turned(mapping: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping).flatMap(([from, to]) => (to === "" ? [] : [[to, from]])));
}

/** Whether the columns are those of a milo export, which says by itself what is what. */
export function isExport(columns: string[]): boolean {
  return columns.includes("data") || columns.includes("annotation.annotator");
}

/** Titles of the fields every item must have and no column fills. */
export function missingFields({ subject }: Pick<Shape, "subject">, roles: Record<string, string>): string[] {
  const filled = new Set(Object.values(roles));
  return subject.filter((field) => field.required && !filled.has(field.name)).map((field) => field.title);
}
