/** Rubrics as they are edited: new parts with free names, weights, references, and the fault that belongs to a place. */
import type { Fault } from "../api/types";
import { nameFrom } from "../guideline/draft";
import type { Criterion, ErrorCategory, Grade, Rubric } from "./types";

const REFERENCE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const CLOSE_TO_ONE = 1e-6;

export function partNames(rubrics: readonly Rubric[]): string[] {
  return rubrics.flatMap(({ criteria, errors }) => [...criteria, ...errors].map(({ name }) => name));
}

export function weightSum({ criteria }: Rubric): number {
  return criteria.reduce((sum, { weight }) => sum + weight, 0);
}

export function weightsFit(rubric: Rubric): boolean {
  return rubric.criteria.length === 0 || Math.abs(weightSum(rubric) - 1) <= CLOSE_TO_ONE;
}

/** Equal weights of whole thousandths that sum to one: what division leaves over goes to the first ones. */
export function spreadEvenly(rubric: Rubric): Rubric {
  const n = rubric.criteria.length;
  const [each, over] = [Math.floor(1000 / n), 1000 % n];
  const criteria = rubric.criteria.map((criterion, place) => ({
    ...criterion,
    weight: (each + (place < over ? 1 : 0)) / 1000,
  }));
  return { ...rubric, criteria };
}

/** An own copy of a template: names that are taken get a number. */
export function fromTemplate(template: Rubric, others: readonly Rubric[]): Rubric {
  const taken = partNames(others);
  const free = <T extends { name: string }>(part: T): T => {
    const name = nameFrom(part.name, taken);
    taken.push(name);
    return { ...part, name };
  };
  return {
    ...template,
    name: nameFrom(
      template.name,
      others.map(({ name }) => name),
    ),
    criteria: template.criteria.map(free),
    errors: template.errors.map(free),
  };
}

export function emptyRubric(others: readonly Rubric[], words: GradeWords): Rubric {
  const rubric: Rubric = {
    name: nameFrom(
      "rubric",
      others.map(({ name }) => name),
    ),
    title: "",
    description: "",
    threshold: 80,
    max_score: 100,
    criteria: [],
    errors: [],
  };
  return { ...rubric, criteria: [{ ...newCriterion([...others, rubric], words), weight: 1 }] };
}

/** Labels of the three grades a new criterion begins with, from the lowest up. */
export type GradeWords = readonly [string, string, string];

export function newCriterion(rubrics: readonly Rubric[], words: GradeWords): Criterion {
  const grades = words.map((label, place) => ({
    name: nameFrom(label, []),
    label,
    level: place + 1,
    definition: "",
  }));
  const name = nameFrom("criterion", partNames(rubrics));
  return { name, title: "", weight: 0.1, grades, definition: "", allow_na: false, harshness: 3 };
}

export function newError(rubrics: readonly Rubric[]): ErrorCategory {
  const name = nameFrom("error", partNames(rubrics));
  return { name, title: "", penalty: 5, definition: "", counted: true, harshness: 3 };
}

/** One more grade, a level above the highest. */
export function newGrade(grades: readonly Grade[]): Grade {
  const taken = grades.map(({ name }) => name);
  const level = Math.max(0, ...grades.map((grade) => grade.level)) + 1;
  return { name: nameFrom("grade", taken), label: "", level, definition: "" };
}

/** Levels of the scale that no grade stands for. */
export function missingLevels(grades: readonly Grade[]): number[] {
  const levels = grades.map(({ level }) => level);
  const highest = Math.max(0, ...levels);
  return Array.from({ length: Math.min(20, highest) }, (_, place) => place + 1).filter(
    (level) => !levels.includes(level),
  );
}

/** The title with a name that follows it, as long as the name was made from the title before. */
export function retitled(part: { name: string; title: string }, title: string, begin: string, all: string[]) {
  const others = all.filter((name) => name !== part.name);
  const follows =
    part.name === nameFrom(part.title || begin, others) || part.name === nameFrom(begin, others);
  return { title, ...(follows ? { name: nameFrom(title || begin, others) } : {}) };
}

/** The references of a text that name nothing the project has. */
export function unknownReferences(text: string, known: readonly string[]): string[] {
  const named = [...text.matchAll(REFERENCE)].map(([, name]) => name as string);
  return [...new Set(named)].filter((name) => !known.includes(name));
}

/** The fault at exactly this place, in words; null when there is none. */
export function faultJustAt(faults: readonly Fault[], where: string): string | null {
  const own = faults.filter((fault) => fault.where === where);
  return own.length === 0 ? null : own.map(faultText).join(". ");
}

export function faultText({ found, allowed }: Fault): string {
  return `${found}; allowed: ${allowed}`;
}

export function faultsWithin(faults: readonly Fault[], where: string): Fault[] {
  return faults.filter((fault) => fault.where === where || fault.where.startsWith(`${where}.`));
}

/** A number as it was typed; what is no number is nought, which the server refuses where it must. */
export function numberOf(text: string): number {
  const value = Number(text);
  return Number.isFinite(value) ? value : 0;
}
