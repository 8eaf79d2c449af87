/** Records the edits of the written texts of one item; knows nothing of the page. */
import type { Edit, Writing } from "../api/types";
import { changeBetween, replayed, UNWRITTEN, withEdit } from "./edits";
import { type EditSource, originOf, type Sources } from "./source";

/** Why a text changes. */
export interface Cause {
  source: EditSource;
  draft?: number;
  isPaste?: boolean;
}

/** How a change reached the text: `brought` by paste or drop, `restored` by undo or redo, else `set` by the page. */
export type Way = "typed" | "composing" | "brought" | "restored" | "set";

/** Former texts that are remembered, to tell a step back. */
const REMEMBERED = 50;
/** So many words at once are not typed by keys alone; where they stand in a draft, they are from there. */
const AT_ONCE = 3;

interface Told {
  writing: Writing;
  text: string;
  /** When the last change was. */
  lastMs: number | null;
  former: string[];
}

export class Recorder {
  private readonly told = new Map<string, Told>();

  /** `texts` is what stands on screen at first; a record that does not lead there is mended with one edit. */
  constructor(texts: Readonly<Record<string, string>>, given: Readonly<Record<string, Writing>>) {
    for (const question of new Set([...Object.keys(texts), ...Object.keys(given)])) {
      const text = texts[question] ?? "";
      this.told.set(question, begin(text, given[question]));
    }
  }

  /** The text of a question is now this; `atMs` since the item was first on screen. */
  note(
    question: string,
    text: string,
    atMs: number,
    way: Way,
    sources: Sources,
    cause: Cause | undefined,
  ): void {
    const before = this.told.get(question) ?? begin("", undefined);
    const change = changeBetween(before.text, text);
    if (change === null) return;
    const from = cause ?? this.causeOf(question, change.inserted, text, way, sources);
    const edit: Edit = {
      at_ms: Math.max(Math.round(atMs), before.writing.edits.at(-1)?.at_ms ?? 0),
      ...change,
      source: from.source,
      is_paste: from.isPaste ?? way === "brought",
      draft: from.draft ?? null,
    };
    const manner = {
      isComposing: way === "composing",
      pauseMs: before.lastMs === null ? Number.POSITIVE_INFINITY : atMs - before.lastMs,
    };
    const edits = withEdit(before.writing.edits, edit, manner);
    const isNewStep = edits.length > before.writing.edits.length;
    this.told.set(question, {
      writing: { ...before.writing, edits },
      text,
      lastMs: atMs,
      former: isNewStep ? [...before.former, before.text].slice(-REMEMBERED) : before.former,
    });
  }

  /** How each text came about; texts nobody touched are not in it. */
  writing(): Record<string, Writing> {
    const touched = [...this.told].filter(([, { writing, text }]) => writing.edits.length > 0 || text !== "");
    return Object.fromEntries(touched.map(([question, { writing }]) => [question, writing]));
  }

  /** When the last edit that was recorded is from. */
  get lastMs(): number {
    return Math.max(0, ...[...this.told.values()].map(({ writing }) => writing.edits.at(-1)?.at_ms ?? 0));
  }

  private causeOf(question: string, inserted: string, text: string, way: Way, sources: Sources): Cause {
    if (way === "composing") return { source: "typed" };
    const before = this.told.get(question);
    const isBack = way === "restored" || (way === "set" && before?.former.includes(text) === true);
    if (way === "typed" && inserted.split(/\s+/, AT_ONCE).length < AT_ONCE) return { source: "typed" };
    const own = [...this.told.values()].flatMap((other) => [other.text, ...other.former]);
    const { source, draft } = originOf(inserted, sources, own);
    if (source !== "draft" && (isBack || way === "typed")) return { source: isBack ? "own" : "typed" };
    return { source, ...(draft !== null && { draft }) };
  }
}

function begin(text: string, given: Writing | undefined): Told {
  const unknown = { lastMs: null, former: [] };
  if (given === undefined) return { writing: { ...UNWRITTEN, base: text }, text, ...unknown };
  const reached = replayed(given);
  if (reached === null) return { writing: { ...UNWRITTEN, base: text }, text, ...unknown };
  const gap = changeBetween(reached, text);
  if (gap === null) return { writing: given, text, ...unknown };
  const at_ms = given.edits.at(-1)?.at_ms ?? 0;
  const mending: Edit = { at_ms, ...gap, source: "own", is_paste: false, draft: null };
  return { writing: { ...given, edits: [...given.edits, mending] }, text, ...unknown };
}
