/**
 * The score of a form as it is filled in: `S = M * sum w_i g_j / g_i - sum e_i m_i`, the weights renormalised over
 * what was graded. The server computes the score that counts; this is the same sum, live.
 * Source: arXiv 2409.10702, section 3.2, equations 1 and 2.
 */
import type { Criterion, ErrorCategory, Rubric, Status } from "./types";

export const NOT_APPLICABLE = "na";

/** One summand: points of a criterion with the level it got, or points off for an error. */
export type Term =
  | { kind: "criterion"; part: string; most: number; level: number | null; levels: number }
  | { kind: "error"; part: string; penalty: number; count: number };

export interface Score {
  /** May be below nought; what is not graded yet counts nothing. */
  raw: number;
  /** Between 0 and the maximum. */
  shown: number;
  /** Null while something is not graded. */
  status: Status | null;
  terms: Term[];
  /** Points of each criterion that applies and is graded, points off of each error (nought or below). */
  parts: Readonly<Record<string, number>>;
  notApplicable: string[];
  /** Criteria that are asked about and not graded yet. */
  open: string[];
}

/** `grades` gives the name of each grade or "na"; `counts` how often each error was found, 0 where it is missing. */
export function score(
  rubric: Rubric,
  grades: Readonly<Record<string, string | null | undefined>>,
  counts: Readonly<Record<string, number | null | undefined>>,
  only: readonly string[] | null = null,
): Score {
  const isAsked = ({ name }: Criterion | ErrorCategory) => only === null || only.includes(name);
  const asked = rubric.criteria.filter(isAsked);
  const applicable = asked.filter(({ name }) => grades[name] !== NOT_APPLICABLE);
  const total = sum(applicable.map(({ weight }) => weight));
  const terms: Term[] = [
    ...applicable.map((criterion) => ({
      kind: "criterion" as const,
      part: criterion.name,
      most: rubric.max_score * (criterion.weight / total),
      level: criterion.grades.find(({ name }) => name === grades[criterion.name])?.level ?? null,
      levels: levelsOf(criterion),
    })),
    ...rubric.errors.filter(isAsked).map(({ name, penalty }) => ({
      kind: "error" as const,
      part: name,
      penalty,
      count: counts[name] ?? 0,
    })),
  ];
  const open = terms.filter((term) => term.kind === "criterion" && term.level === null);
  const values = terms
    .filter((term) => !open.includes(term))
    .map((term) => [term.part, pointsOf(term)] as const);
  const first = applicable.length === 0 ? rubric.max_score : 0;
  const raw = rounded(first + sum(values.map(([, points]) => points)));
  return {
    raw,
    shown: Math.min(Math.max(raw, 0), rubric.max_score),
    status: open.length > 0 ? null : raw >= rubric.threshold ? "passed" : "redo",
    terms,
    parts: Object.fromEntries(values),
    notApplicable: asked.filter(({ name }) => grades[name] === NOT_APPLICABLE).map(({ name }) => name),
    open: open.map(({ part }) => part),
  };
}

/** The number of levels of a scale; levels may be missing. */
export function levelsOf({ grades }: Criterion): number {
  return Math.max(0, ...grades.map(({ level }) => level));
}

/** REDO when any rubric says so; null while one is open. */
export function statusOf(scores: readonly Score[]): Status | null {
  if (scores.length === 0 || scores.some(({ status }) => status === null)) return null;
  return scores.some(({ status }) => status === "redo") ? "redo" : "passed";
}

function pointsOf(term: Term): number {
  if (term.kind === "error") return term.count === 0 ? 0 : -term.penalty * term.count;
  return (term.most * (term.level ?? 0)) / term.levels;
}

/** As the server rounds: 0.18 + 0.12 + 0.4 is to reach a threshold of 0.7. */
function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function sum(values: readonly number[]): number {
  return values.reduce((before, value) => before + value, 0);
}
