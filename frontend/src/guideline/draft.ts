/** Editing a project: what differs, free names, order, and the fault that belongs to a field. */
import type { Fault, ProjectSpec, Section } from "../api/types";

const PARTS = ["name", "description", "subject", "questions", "guideline", "settings"] as const;

export type Part = (typeof PARTS)[number];

/** The parts of the project that are not as they were. */
export function changesOf(before: ProjectSpec, after: ProjectSpec): Partial<ProjectSpec> {
  const changed = PARTS.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
  return Object.fromEntries(changed.map((part) => [part, after[part]]));
}

/** A name that can stand in files and columns, made from words; a number is added where it is taken. */
export function nameFrom(words: string, taken: string[]): string {
  const plain = words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const base =
    plain
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^[^a-z]+|_+$/g, "")
      .slice(0, 40) || "part";
  let name = base;
  for (let number = 2; taken.includes(name); number += 1) name = `${base}_${number}`;
  return name;
}

/** The list with one thing moved by so many places; unchanged at its ends. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  if (to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, place) => place !== from);
  return [...rest.slice(0, to), list[from] as T, ...rest.slice(to)];
}

export function replaced<T>(list: readonly T[], place: number, changes: Partial<T>): T[] {
  return list.map((each, at) => (at === place ? { ...each, ...changes } : each));
}

export function without<T>(list: readonly T[], place: number): T[] {
  return list.filter((_, at) => at !== place);
}

/** The faults the server found at a place or below it, in one text; null when there are none. */
export function faultAt(faults: Fault[], where: string): string | null {
  const own = faults.filter((fault) => fault.where === where || fault.where.startsWith(`${where}.`));
  return own.length === 0 ? null : own.map((fault) => `${fault.found}; allowed: ${fault.allowed}`).join(". ");
}

export interface SectionChange {
  id: string;
  title: string;
  before: string | null;
  after: string | null;
}

/** The sections added, reworded or removed between two versions. */
export function sectionChanges(before: Section[], after: Section[]): SectionChange[] {
  const old = new Map(before.map((section) => [section.id, section]));
  const now = new Map(after.map((section) => [section.id, section]));
  const found = after
    .filter(({ id, title, body }) => old.get(id)?.title !== title || old.get(id)?.body !== body)
    .map(
      ({ id, title, body }): SectionChange => ({ id, title, before: old.get(id)?.body ?? null, after: body }),
    );
  const gone = before.filter(({ id }) => !now.has(id));
  return [...found, ...gone.map(({ id, title, body }) => ({ id, title, before: body, after: null }))];
}

export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Lines kept, added and removed, by the longest common subsequence. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      (common[i] as number[])[j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] as string });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: "removed", text: a[i] as string });
      i += 1;
    } else {
      lines.push({ kind: "added", text: b[j] as string });
      j += 1;
    }
  }
  return lines;
}
