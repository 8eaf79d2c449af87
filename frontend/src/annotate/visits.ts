/** What a screen remembers of the items it showed: forms left halfway, clocks, and what can be taken back. */
import type { AnnotatorTask, Schema, Writing } from "../api/types";
import type { LocalDraft, Unsaved } from "./drafts";
import { answersOf, EMPTY_FORM, type Form, formOf, preselectedBy } from "./form";
import { HandlingTime } from "./handling_time";

/** An act that can be undone: the item as it was, and under which id it was sent. */
export interface Done {
  clientId: string;
  task: AnnotatorTask;
  form: Form;
  /** How its texts came about. */
  writing: Writings;
  time: HandlingTime;
  /** By how much it raised the person's count. */
  counted: 0 | 1;
}

/** What was on this machine alone when the item appeared. */
export interface Unsent extends Unsaved {
  seq: number;
}

/** How texts came about, by question. */
type Writings = Record<string, Writing>;

/** How many acts can be taken back one after the other. */
const REMEMBERED = 20;

export class Visits {
  private readonly forms = new Map<number, Form>();
  private readonly writings = new Map<number, Writings>();
  private readonly times = new Map<number, HandlingTime>();
  private readonly after = new Map<number, string>();
  private readonly unsent = new Map<number, Unsent>();
  private done: Done[] = [];

  constructor(private readonly gapMs: number) {}

  /** What is on the form when the item appears: left halfway, drafted, answered before, or nothing. */
  prepare(task: AnnotatorTask, schema: Schema, local: LocalDraft | undefined): void {
    if (this.forms.has(task.assignment)) return;
    const restored = isCurrent(local, task) ? local : undefined;
    this.forms.set(task.assignment, restored ? { ...EMPTY_FORM, ...restored.form } : firstForm(task, schema));
    this.writings.set(task.assignment, (restored ?? task.draft)?.writing ?? {});
    if (restored === undefined || restored.seq === task.draft?.seq) return;
    const { seq, form, writing = {} } = restored;
    this.unsent.set(task.assignment, { seq, form, writing, answers: answersOf(form, schema.questions) });
  }

  /** What the server lacks of the draft on the form; whoever takes it sends it. */
  takeUnsent(assignment: number): Unsent | undefined {
    const unsent = this.unsent.get(assignment);
    this.unsent.delete(assignment);
    return unsent;
  }

  form(assignment: number): Form {
    return this.forms.get(assignment) ?? EMPTY_FORM;
  }

  /** How the texts on the form came about, as far as that is known. */
  writing(assignment: number): Writings {
    return this.writings.get(assignment) ?? {};
  }

  /** Without a record of their making, the texts on the form are what the person begins with. */
  keepForm(assignment: number, form: Form, writing: Writings = {}): void {
    this.forms.set(assignment, form);
    this.writings.set(assignment, writing);
  }

  time(assignment: number): HandlingTime {
    const known = this.times.get(assignment) ?? new HandlingTime(this.gapMs);
    this.times.set(assignment, known);
    return known;
  }

  /** The entry a new submit comes after, because the server may not have answered to it yet. */
  comesAfter(assignment: number): string | undefined {
    return this.after.get(assignment);
  }

  /** The item was sent: it can be taken back, and a new visit of it starts with a clock of its own. */
  finish(done: Done): void {
    const { assignment } = done.task;
    this.forms.delete(assignment);
    this.writings.delete(assignment);
    this.times.delete(assignment);
    this.after.delete(assignment);
    this.unsent.delete(assignment);
    this.done = [...this.done, done].slice(-REMEMBERED);
  }

  /** The last act that was not taken back; null when there is none. */
  takeLast(): Done | null {
    return this.done.pop() ?? null;
  }

  /** It could not be taken back after all. */
  putBack(done: Done): void {
    this.done.push(done);
  }

  /** An act that never left: the item continues as if it had not been sent, its clock too. */
  resume(done: Done): void {
    this.keepForm(done.task.assignment, done.form, done.writing);
    this.times.set(done.task.assignment, done.time);
  }

  /** An act that may have arrived: the item is edited, and its new revision comes after that act. */
  revise(done: Done): void {
    this.keepForm(done.task.assignment, done.form);
    this.after.set(done.task.assignment, done.clientId);
  }
}

/** Whether the draft of this machine edits what the server has, and the server has no later one. */
function isCurrent(local: LocalDraft | undefined, task: AnnotatorTask): local is LocalDraft {
  return local !== undefined && local.revision === task.revision && local.seq >= (task.draft?.seq ?? 0);
}

function firstForm(task: AnnotatorTask, schema: Schema): Form {
  const preselected = preselectedBy(task.suggestions, task.reveal.policy === "after_choice");
  const draft = task.draft;
  if (draft !== null) return formOf(draft.answers, schema.questions, preselected, false);
  if (task.answers !== null) return formOf(task.answers, schema.questions, preselected, true);
  return EMPTY_FORM;
}
