/** Feedback on one answer by criterion: who said what, which grade counts, and what it costs. */
import { levelsOf, NOT_APPLICABLE } from "../review/score";
import type { Criterion, ErrorCategory, Rubric } from "../review/types";
import type { Decision, Feedback, Finding, RubricScore, Source } from "./types";

/** What one reviewer found for one criterion or error. */
export interface Row {
  feedback: Feedback;
  finding: Finding;
  /** Whether it is in the score that stands. */
  counts: boolean;
  /** Whether the finding that counts says something else. */
  isOverridden: boolean;
}
export interface CriterionCard {
  kind: "criterion";
  rubric: Rubric;
  criterion: Criterion;
  rows: Row[];
  /** The finding that stands; null when none does. */
  counted: Finding | null;
  /** Points it brought, of how many. */
  points: { got: number; most: number } | null;
}
export interface ErrorCard {
  kind: "errors";
  rubric: Rubric;
  errors: { error: ErrorCategory; rows: Row[]; counted: number }[];
  /** Points off in all, nought or below. */
  off: number;
}
export type FeedbackCard = CriterionCard | ErrorCard;

export interface Cards {
  /** In the order of the rubrics. */
  shown: FeedbackCard[];
  /** Criteria with the best grade by all who graded them. */
  best: CriterionCard[];
  /** Errors that nobody found. */
  unmade: ErrorCategory[];
}

const RANK: Record<Source, number> = { judge: 1, auditor: 2, researcher: 3 };

/** The feedback whose score stands: the newest of who decided; before a decision that of the highest rank. */
export function standing(feedback: readonly Feedback[], decision: Decision | null): Feedback | null {
  const ordered = [...feedback].sort((one, other) => one.created_at.localeCompare(other.created_at));
  const decided = ordered.findLast(({ source, status }) =>
    decision === null ? false : source === decision.by && status === decision.status,
  );
  if (decided !== undefined) return decided;
  const scored = ordered.filter(({ status }) => status !== null);
  const highest = Math.max(0, ...scored.map(({ source }) => RANK[source]));
  return scored.findLast(({ source }) => RANK[source] === highest) ?? null;
}

/** A card for each criterion, one for the errors of each rubric; each reviewer's newest word, what counts first. */
export function cardsOf(
  rubrics: readonly Rubric[],
  feedback: readonly Feedback[],
  decision: Decision | null,
): Cards {
  const counting = standing(feedback, decision);
  const ordered = [...feedback].sort(
    (one, other) =>
      Number(other === counting) - Number(one === counting) ||
      one.created_at.localeCompare(other.created_at) ||
      one.id - other.id,
  );
  const cards: Cards = { shown: [], best: [], unmade: [] };
  for (const rubric of rubrics) {
    const score = counting?.scores.find((one) => one.rubric === rubric.name) ?? null;
    for (const criterion of rubric.criteria) {
      const rows = rowsOf(criterion.name, ordered, counting);
      if (rows.length === 0) continue;
      const counted = rows.find((row) => row.counts)?.finding ?? null;
      const card: CriterionCard = {
        kind: "criterion",
        rubric,
        criterion,
        rows,
        counted,
        points: pointsOf(rubric, criterion, score),
      };
      (rows.every((row) => isBest(criterion, row.finding)) ? cards.best : cards.shown).push(card);
    }
    const errors = rubric.errors.map((error) => {
      const rows = rowsOf(error.name, ordered, counting);
      return { error, rows, counted: rows.find((row) => row.counts)?.finding.count ?? 0 };
    });
    const made = errors.filter(({ rows }) => rows.some(({ finding }) => isTelling(finding)));
    cards.unmade.push(
      ...errors.filter((one) => one.rows.length > 0 && !made.includes(one)).map(({ error }) => error),
    );
    if (made.length > 0) {
      const off = made.reduce((sum, { error }) => sum + (score?.score?.parts[error.name] ?? 0), 0);
      cards.shown.push({ kind: "errors", rubric, errors: made, off });
    }
  }
  return cards;
}

function rowsOf(part: string, ordered: readonly Feedback[], counting: Feedback | null): Row[] {
  const counted = counting?.findings.find((finding) => finding.part === part);
  return ordered.flatMap((feedback) => {
    const finding = feedback.findings.find((one) => one.part === part);
    if (finding === undefined) return [];
    const counts = feedback === counting;
    const differs = counted !== undefined && finding.status === "ok" && !isSame(finding, counted);
    return [{ feedback, finding, counts, isOverridden: !counts && differs }];
  });
}

function isSame(one: Finding, other: Finding): boolean {
  return one.grade === other.grade && one.count === other.count;
}

/** Nothing to mend, and nothing doubtful. */
function isBest(criterion: Criterion, { grade, status, contradicts }: Finding): boolean {
  if (status !== "ok" || contradicts !== null) return false;
  return grade === NOT_APPLICABLE || levelOf(criterion, grade) === levelsOf(criterion);
}

/** The level of a grade; null for N/A and for none. */
export function levelOf(criterion: Criterion, grade: string | null): number | null {
  return criterion.grades.find(({ name }) => name === grade)?.level ?? null;
}

/** An error that was found, or of which a reviewer had something to say. */
function isTelling({ count, status, contradicts }: Finding): boolean {
  return (count ?? 0) > 0 || status !== "ok" || contradicts !== null;
}

/** Null where the criterion was not graded, or found not to apply. */
export function pointsOf(
  rubric: Rubric,
  { name, weight }: Criterion,
  score: RubricScore | null,
): { got: number; most: number } | null {
  const found = score?.score;
  const got = found?.parts[name];
  if (!found || got === undefined) return null;
  const without = [...found.not_applicable, ...found.left_out];
  const total = rubric.criteria
    .filter((other) => !without.includes(other.name))
    .reduce((sum, other) => sum + other.weight, 0);
  return { got, most: (rubric.max_score * weight) / total };
}
