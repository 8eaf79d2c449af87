/** Figures of a judge in words and in the order they are read. */

import type { Rubric } from "../rubric/types";
import { formatPercent } from "../shared/format";
import type { BarCheck, JudgeRun, PartFigures, Share } from "./types";

/** `82 % (71–90)` */
export function shareText(share: Share | null): string {
  if (share === null) return "–";
  return `${formatPercent(share.value)} (${Math.round(share.low * 100)}–${Math.round(share.high * 100)})`;
}

export function kappaText(kappa: number | null): string {
  return kappa === null ? "–" : signed(kappa.toFixed(2));
}

/** `+5`, `−12`, `0` points in a hundred: above nought the judge is the milder one. */
export function leniencyText(leniency: number | null): string {
  if (leniency === null) return "–";
  const points = Math.round(leniency * 100);
  return points > 0 ? `+${points}` : signed(String(points));
}

/** A figure of the bar as it is given there. */
export function barValue({ name, value }: Pick<BarCheck, "name" | "value">): string {
  if (value === null) return "–";
  if (name === "reviewed") return String(Math.round(value));
  return name === "kappa" ? signed(value.toFixed(2)) : formatPercent(value);
}

function signed(text: string): string {
  return text.replace("-", "−");
}

/** What the parts and grades of rubrics are called. */
export interface Names {
  part: (name: string) => string;
  grade: (part: string, grade: string) => string;
  /** The grades of a criterion from the lowest up; empty for an error. */
  grades: (part: string) => string[];
}

export function namesOf(rubrics: readonly Rubric[], na: string): Names {
  const criteria = new Map(rubrics.flatMap((rubric) => rubric.criteria.map((each) => [each.name, each])));
  const errors = new Map(rubrics.flatMap((rubric) => rubric.errors.map((each) => [each.name, each])));
  return {
    part: (name) => criteria.get(name)?.title ?? errors.get(name)?.title ?? name,
    grade: (part, grade) => {
      if (grade === "na") return na;
      return criteria.get(part)?.grades.find(({ name }) => name === grade)?.label ?? grade;
    },
    grades: (part) =>
      [...(criteria.get(part)?.grades ?? [])]
        .sort((one, other) => one.level - other.level)
        .map(({ name }) => name),
  };
}

/** Every grade (or count) that was given, in the order of the scale; counts by number. */
export function gradesGiven(part: string, figures: PartFigures, names: Names): string[] {
  const { judge, people } = figures.distribution;
  const given = new Set([...Object.keys(judge), ...Object.keys(people)]);
  const scale = names.grades(part);
  const rest = [...given]
    .filter((grade) => !scale.includes(grade))
    .sort((one, other) => Number(one) - Number(other));
  return [...scale, ...rest];
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

export function shareOf(n: number, of: number): number {
  return of === 0 ? 0 : n / of;
}

export interface RunChoices {
  model: number;
  scope: "waiting" | "all" | "labels";
  labelsOf: number | null;
  harshness: Record<string, number>;
  off: string[];
  cap: string;
  retry: boolean;
}

/** What is asked of the server for these choices. */
export function runOf(choices: RunChoices): JudgeRun {
  const { model, scope, labelsOf, harshness, off, cap, retry } = choices;
  return {
    model,
    states: scope === "all" ? ["submitted", "passed", "redo"] : [],
    labels_of: scope === "labels" ? labelsOf : null,
    harshness: Object.keys(harshness).length > 0 ? harshness : null,
    sections: off.length > 0 ? off : null,
    cost_cap_usd: cap === "" ? null : Number(cap),
    retry_failed: retry,
  };
}
