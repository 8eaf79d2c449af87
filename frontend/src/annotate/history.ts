/** Undo and redo of a value; texts typed in one go are one step. */

export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** What the last step was about; the same again extends that step. */
  readonly topic: string | null;
}

const LONGEST = 200;

export function startHistory<T>(present: T): History<T> {
  return { past: [], present, future: [], topic: null };
}

/** A step. With a `topic` equal to that of the last step both become one. */
export function step<T>(history: History<T>, next: T, topic: string | null = null): History<T> {
  if (next === history.present) return history;
  if (topic !== null && topic === history.topic) return { ...history, present: next, future: [] };
  return { past: [...history.past.slice(1 - LONGEST), history.present], present: next, future: [], topic };
}

/** Close the running step: what comes is a step of its own. */
export function settle<T>(history: History<T>): History<T> {
  return history.topic === null ? history : { ...history, topic: null };
}

/** The value before the last step; null when nothing is left to undo. */
export function undo<T>(history: History<T>): History<T> | null {
  const previous = history.past.at(-1);
  if (previous === undefined) return null;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present: previous, future, topic: null };
}

export function redo<T>(history: History<T>): History<T> | null {
  const [next, ...future] = history.future;
  if (next === undefined) return null;
  return { past: [...history.past, history.present], present: next, future, topic: null };
}
