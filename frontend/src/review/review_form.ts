/** A review as data: what the reviewer found so far, and how that stands to what the judge found. */
import { NOT_APPLICABLE } from "./score";
import type {
  Agreement,
  Criterion,
  ErrorCategory,
  Finding,
  JudgeOpinion,
  ReviewTask,
  Rubric,
  Status,
  Verdict,
} from "./types";

export interface ReviewForm {
  /** Name of the grade, or "na", by criterion. */
  readonly grades: Readonly<Record<string, string>>;
  /** How often each error was found; 0 where it is missing. */
  readonly counts: Readonly<Record<string, number>>;
  readonly explanations: Readonly<Record<string, string>>;
  readonly note: string;
  /** The own grade or count from before the judge's was taken over, for whoever changes their mind. */
  readonly own: Readonly<Record<string, string | number>>;
  /** Parts where the reviewer disagrees and has not yet said with what. */
  readonly disputed: readonly string[];
}

/** One row of the form. */
export type Part =
  | { kind: "criterion"; name: string; title: string; criterion: Criterion }
  | { kind: "error"; name: string; title: string; error: ErrorCategory };

export const EMPTY_REVIEW: ReviewForm = {
  grades: {},
  counts: {},
  explanations: {},
  note: "",
  own: {},
  disputed: [],
};

/** The rows of these rubrics that the reviewer is asked about. */
export function partsOf(rubrics: readonly Rubric[], only: readonly string[] | null): Part[] {
  return rubrics
    .flatMap(({ criteria, errors }): Part[] => [
      ...criteria.map((criterion): Part => ({ kind: "criterion", ...named(criterion), criterion })),
      ...errors.map((error): Part => ({ kind: "error", ...named(error), error })),
    ])
    .filter(({ name }) => only === null || only.includes(name));
}

/** The form as it was stored. */
export function reviewFormOf(stored: ReviewTask["own"]): ReviewForm {
  if (stored === null) return EMPTY_REVIEW;
  const { findings, note } = stored;
  const given = <T>(of: (finding: Finding) => T | null) =>
    Object.fromEntries(
      findings
        .map((one) => [one.part, of(one)] as const)
        .filter((pair): pair is [string, T] => pair[1] !== null),
    );
  return {
    ...EMPTY_REVIEW,
    grades: given(({ grade }) => grade),
    counts: given(({ count }) => count),
    explanations: given(({ explanation }) => explanation || null),
    note,
  };
}

export function gradePart(form: ReviewForm, part: string, grade: string): ReviewForm {
  return settled({ ...form, grades: { ...form.grades, [part]: grade } }, part);
}

export function countPart(form: ReviewForm, { name, counted }: ErrorCategory, count: number): ReviewForm {
  const most = counted ? 1000 : 1;
  const within = Math.min(most, Math.max(0, count));
  return settled({ ...form, counts: { ...form.counts, [name]: within } }, name);
}

export function explainPart(form: ReviewForm, part: string, text: string): ReviewForm {
  return { ...form, explanations: { ...form.explanations, [part]: text } };
}

/** Take the judge's grade or count over. */
export function agree(form: ReviewForm, part: Part, verdict: Verdict): ReviewForm {
  const [mine, theirs] = [ownValue(form, part), judgesValue(verdict)];
  if (theirs === null) return form;
  const kept = mine === null || mine === theirs ? form.own : { ...form.own, [part.name]: mine };
  return withValue({ ...form, own: kept }, part, theirs);
}

/** Stand by one's own; where both say the same, an own one is to be given. */
export function disagree(form: ReviewForm, part: Part, verdict: Verdict): ReviewForm {
  const theirs = judgesValue(verdict);
  if (theirs === null || agreementOn(form, part, verdict) === "disagree") return form;
  const before = form.own[part.name];
  if (before !== undefined && before !== theirs) return withValue(form, part, before);
  return { ...form, disputed: [...form.disputed, part.name] };
}

/** Whether both give the same grade or count; null where either gives none. */
export function agreementOn(form: ReviewForm, part: Part, verdict: Verdict | undefined): Agreement | null {
  const theirs = verdict === undefined ? null : judgesValue(verdict);
  const mine = ownValue(form, part);
  if (theirs === null || mine === null) return null;
  return mine === theirs && !form.disputed.includes(part.name) ? "agree" : "disagree";
}

export function agreementsOf(
  form: ReviewForm,
  parts: readonly Part[],
  opinion: JudgeOpinion | null,
): Record<string, Agreement> {
  const found = parts.map(
    (part) => [part.name, agreementOn(form, part, verdictOn(opinion, part.name))] as const,
  );
  return Object.fromEntries(found.filter((pair): pair is [string, Agreement] => pair[1] !== null));
}

export function verdictOn(opinion: JudgeOpinion | null, part: string): Verdict | undefined {
  return opinion?.verdicts.find((verdict) => verdict.part === part);
}

/** Whether the judge came to a verdict; one that is uncertain or could not be read is none. */
export function isVerdict({ status, grade, count }: Verdict): boolean {
  return status === "ok" && (grade !== null || count !== null);
}

/** What is to be stored. */
export function findingsOf(form: ReviewForm, parts: readonly Part[]): Finding[] {
  return parts.map((part) => ({
    part: part.name,
    grade: part.kind === "criterion" ? (form.grades[part.name] ?? null) : null,
    count: part.kind === "error" ? (form.counts[part.name] ?? 0) : null,
    explanation: form.explanations[part.name]?.trim() ?? "",
  }));
}

/** What Enter would do, or what is in its way. */
export type Outlook =
  | { act: "grade" | "decide" | "explain"; part: Part }
  | { act: "reveal" }
  | { act: "store"; status: Status };

export function outlookOf(
  form: ReviewForm,
  parts: readonly Part[],
  status: Status | null,
  judgeWaits: boolean,
): Outlook {
  const open = parts.find((part) => part.kind === "criterion" && form.grades[part.name] === undefined);
  if (open !== undefined) return { act: "grade", part: open };
  if (judgeWaits) return { act: "reveal" };
  const disputed = parts.find(({ name }) => form.disputed.includes(name));
  if (disputed !== undefined) return { act: "decide", part: disputed };
  const unexplained = status === "redo" ? lackingReason(form, parts) : undefined;
  if (unexplained !== undefined) return { act: "explain", part: unexplained };
  return { act: "store", status: status ?? "passed" };
}

/** Whether the grade is the best of its scale, or the error was not found: then there is nothing to explain. */
export function isBest(form: ReviewForm, part: Part): boolean {
  if (part.kind === "error") return (form.counts[part.name] ?? 0) === 0;
  const chosen = form.grades[part.name];
  const best = Math.max(...part.criterion.grades.map(({ level }) => level));
  const grade = part.criterion.grades.find(({ name }) => name === chosen);
  return chosen === NOT_APPLICABLE || grade?.level === best;
}

/** Who is sent back is told why: the first part that cost points, when nothing at all is explained. */
function lackingReason(form: ReviewForm, parts: readonly Part[]): Part | undefined {
  const texts = [form.note, ...parts.map(({ name }) => form.explanations[name] ?? "")];
  if (texts.some((text) => text.trim() !== "")) return undefined;
  return parts.find((part) => !isBest(form, part));
}

function ownValue(form: ReviewForm, part: Part): string | number | null {
  return part.kind === "criterion" ? (form.grades[part.name] ?? null) : (form.counts[part.name] ?? 0);
}

function judgesValue(verdict: Verdict): string | number | null {
  return isVerdict(verdict) ? (verdict.grade ?? verdict.count) : null;
}

function withValue(form: ReviewForm, part: Part, value: string | number): ReviewForm {
  if (part.kind === "criterion") return gradePart(form, part.name, String(value));
  return countPart(form, part.error, Number(value));
}

function settled(form: ReviewForm, part: string): ReviewForm {
  if (!form.disputed.includes(part)) return form;
  return { ...form, disputed: form.disputed.filter((name) => name !== part) };
}

function named({ name, title }: { name: string; title: string }) {
  return { name, title };
}
