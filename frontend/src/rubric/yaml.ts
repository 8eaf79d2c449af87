/** Rubrics as the text of a file: what the server reads back as the same rubrics. */
import type { Criterion, ErrorCategory, Grade, Rubric } from "./types";

type Value = string | number | boolean;
type Entry = readonly [key: string, value: Value, usual?: Value];

/** `rubrics:` with a list; fields that have their usual value are left out. */
export function toYaml(rubrics: readonly Rubric[]): string {
  if (rubrics.length === 0) return "rubrics: []\n";
  return `rubrics:\n${rubrics.flatMap((rubric) => indented(rubricLines(rubric))).join("\n")}\n`;
}

function rubricLines({ name, title, description, threshold, max_score, criteria, errors }: Rubric): string[] {
  const head = lines([
    ["name", name],
    ["title", title],
    ["description", description, ""],
    ["threshold", threshold],
    ["max_score", max_score, 100],
  ]);
  return listed([
    ...head,
    ...(criteria.length > 0
      ? ["criteria:", ...criteria.flatMap((each) => indented(criterionLines(each)))]
      : []),
    ...(errors.length > 0 ? ["errors:", ...errors.flatMap((each) => indented(errorLines(each)))] : []),
  ]);
}

function criterionLines({
  name,
  title,
  weight,
  definition,
  allow_na,
  harshness,
  grades,
}: Criterion): string[] {
  const head = lines([
    ["name", name],
    ["title", title],
    ["weight", weight],
    ["definition", definition, ""],
    ["allow_na", allow_na, false],
    ["harshness", harshness, 3],
  ]);
  return listed([...head, "grades:", ...grades.flatMap((grade) => indented(gradeLines(grade)))]);
}

function gradeLines({ name, label, level, definition }: Grade): string[] {
  return listed(
    lines([
      ["name", name],
      ["label", label],
      ["level", level],
      ["definition", definition, ""],
    ]),
  );
}

function errorLines({ name, title, penalty, definition, counted, harshness }: ErrorCategory): string[] {
  return listed(
    lines([
      ["name", name],
      ["title", title],
      ["penalty", penalty],
      ["definition", definition, ""],
      ["counted", counted, true],
      ["harshness", harshness, 3],
    ]),
  );
}

function lines(entries: Entry[]): string[] {
  return entries
    .filter(([, value, usual]) => value !== usual)
    .map(([key, value]) => `${key}: ${scalar(value)}`);
}

/** Words that need no quotes stand plain; all else as JSON, which YAML reads as well. */
function scalar(value: Value): string {
  if (typeof value !== "string") return String(value);
  const isPlain = /^[A-Za-z][A-Za-z0-9 ,.;()?!'–—-]*$/.test(value) && !/\s$/.test(value);
  const isWord = /^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return isPlain && !isWord ? value : JSON.stringify(value);
}

function listed([first, ...rest]: string[]): string[] {
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
}

function indented(block: string[]): string[] {
  return block.map((line) => `  ${line}`);
}
