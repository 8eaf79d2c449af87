/**
 * The tasks of one person in one project: the one on screen and the next three, claimed ahead with their pictures
 * loaded, so that nobody waits. Leases are extended while the person works and given back on leaving.
 */
import type { AnnotatorTask, EmptyQueue, NextTasks } from "../api/types";

export interface QueueState {
  /** The task on screen. */
  task: AnnotatorTask | null;
  /** How many wait behind it. */
  ready: number;
  isLoading: boolean;
  /** Why there is nothing more; null while there is or nobody asked. */
  empty: EmptyQueue | null;
  /** The server could not be asked. */
  error: unknown;
}

export interface QueueOptions {
  /** With `resume` what the person already holds comes first. */
  claim: (count: number, resume: boolean) => Promise<NextTasks>;
  extend: (assignment: number) => Promise<{ lease_until: string }>;
  /** Give tasks back; must also work while the page goes away. */
  release: (assignments: number[]) => void;
  /** Load what a task needs before it is shown. */
  preload: (task: AnnotatorTask) => Promise<unknown>;
  /** The assignments the person is done with, though the server does not know yet. */
  unsent?: () => readonly number[];
  /** Whether this tab may take up what the person already holds; false in a second tab. */
  resumes?: boolean;
  now?: () => number;
  ahead?: number;
}

/**
 * Work begun or sent back comes first, the rest in the order in which it was handed out: a page that goes away gives
 * its tasks back one by one, and the next page may come by halfway.
 */
function byTurn(one: AnnotatorTask, other: AnnotatorTask): number {
  const isBegun = (task: AnnotatorTask) => Number(task.draft !== null || task.redo !== null);
  return isBegun(other) - isBegun(one) || one.assignment - other.assignment;
}

/** A lease is extended when less than this share of it is left. */
const EXTEND_AT = 0.5;
const AHEAD = 3;

export class TaskQueue {
  private tasks: AnnotatorTask[] = [];
  /** When each lease was last given, to know how long a whole one is. */
  private leasedAt = new Map<number, number>();
  private isClaiming = false;
  private hasClaimed = false;
  private isClosed = false;
  private empty: EmptyQueue | null = null;
  private error: unknown = null;
  private listeners = new Set<() => void>();
  private state: QueueState = { task: null, ready: 0, isLoading: true, empty: null, error: null };

  constructor(private readonly options: QueueOptions) {}

  /** Claim what is missing. */
  async fill(): Promise<void> {
    const missing = 1 + (this.options.ahead ?? AHEAD) - this.tasks.length;
    if (this.isClaiming || this.isClosed || missing <= 0) return;
    this.isClaiming = true;
    this.error = null;
    this.changed();
    let isMore = false;
    try {
      const resumes = !this.hasClaimed && this.options.resumes === true;
      // What was unsent when the server was asked may have arrived since, and stand in its reply all the same.
      const before = this.options.unsent?.() ?? [];
      const { tasks, empty } = await this.options.claim(missing, resumes);
      this.hasClaimed = true;
      const done = new Set([...before, ...(this.options.unsent?.() ?? [])]);
      const open = tasks.filter(({ assignment }) => !done.has(assignment));
      await this.take(resumes ? open.toSorted(byTurn) : open);
      this.empty = empty;
      isMore = empty === null && tasks.length > 0;
    } catch (error) {
      this.error = error;
    } finally {
      this.isClaiming = false;
      this.changed();
    }
    if (isMore) await this.fill(); // some may have been done meanwhile
  }

  /** The task on screen is done with: show the next one at once, claim another one behind it. */
  advance(): void {
    const done = this.tasks[0];
    this.tasks = this.tasks.slice(1);
    if (done !== undefined) this.leasedAt.delete(done.assignment);
    this.changed();
    if (this.empty === null || this.tasks.length === 0) void this.fill();
  }

  /** Show a task before the others: one that was reopened or taken back. */
  putFirst(task: AnnotatorTask): void {
    this.tasks = [task, ...this.tasks.filter(({ assignment }) => assignment !== task.assignment)];
    this.leasedAt.set(task.assignment, this.now());
    this.changed();
  }

  /** Ask again, although the server said that there is nothing. */
  async again(): Promise<void> {
    this.empty = null;
    await this.fill();
  }

  /** Extend the leases that are more than half over; called every few seconds while the person works. */
  async extendLeases(): Promise<void> {
    const due = this.tasks.filter((task) => this.isDue(task));
    for (const { assignment } of due) {
      const extended = await this.options.extend(assignment).catch(() => null);
      if (extended === null) continue;
      this.leasedAt.set(assignment, this.now());
      this.tasks = this.tasks.map((task) =>
        task.assignment === assignment ? { ...task, ...extended } : task,
      );
    }
    if (due.length > 0) this.changed();
  }

  /** Milliseconds until the lease of the task on screen ends; null when it has none. */
  leaseLeft(): number | null {
    const until = this.tasks[0]?.lease_until;
    return until ? Date.parse(until) - this.now() : null;
  }

  /** Leave: give back everything not started. `keep` is the task on screen when work on it has begun. */
  close(keep: number | null): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const unstarted = this.tasks.map(({ assignment }) => assignment).filter((each) => each !== keep);
    if (unstarted.length > 0) this.options.release(unstarted);
  }

  /** Work again after `close`: the page came back from the browser's memory. */
  reopen(): void {
    this.isClosed = false;
    this.tasks = [];
    this.changed();
    void this.fill();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState = (): QueueState => this.state;

  private async take(claimed: AnnotatorTask[]): Promise<void> {
    if (this.isClosed) {
      if (claimed.length > 0) this.options.release(claimed.map(({ assignment }) => assignment));
      return;
    }
    const known = new Set(this.tasks.map(({ assignment }) => assignment));
    const fresh = claimed.filter(({ assignment }) => !known.has(assignment));
    for (const task of fresh) this.leasedAt.set(task.assignment, this.now());
    const [first, ...rest] = fresh;
    if (first !== undefined) {
      await this.options.preload(first).catch(() => undefined); // it is shown anyway, and says what is missing
      this.tasks = [...this.tasks, first];
      this.changed();
    }
    for (const task of rest) void this.options.preload(task).catch(() => undefined);
    this.tasks = [...this.tasks, ...rest];
  }

  private isDue(task: AnnotatorTask): boolean {
    const since = this.leasedAt.get(task.assignment);
    if (!task.lease_until || since === undefined) return false;
    const until = Date.parse(task.lease_until);
    return until - this.now() < EXTEND_AT * (until - since);
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }

  private changed(): void {
    this.state = {
      task: this.tasks[0] ?? null,
      ready: Math.max(0, this.tasks.length - 1),
      isLoading: this.isClaiming && this.tasks.length === 0,
      empty: this.tasks.length === 0 ? this.empty : null,
      error: this.error,
    };
    for (const listener of this.listeners) listener();
  }
}
