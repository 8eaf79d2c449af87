/**
 * Only the first tab of a person in a project takes up what they already hold, so that two tabs never show the same
 * item. A tab that is reloaded stays the first one, though the page it showed before may still be going away.
 */

/** How long a page that goes away may hold on to being first. */
const HANDOVER_MS = 5000;

export type TabMemory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface FirstTab {
  isFirst: Promise<boolean>;
  /** Let another tab, or the next page of this one, be first. */
  leave: () => void;
}

/** `locks` is undefined where the browser has none, as without HTTPS: then every tab counts as first. */
export function firstTab(
  name: string,
  locks: LockManager | undefined = navigator.locks,
  remembered: TabMemory = sessionStorage,
  handoverMs: number = HANDOVER_MS,
): FirstTab {
  let leave: () => void = () => undefined;
  if (locks === undefined) return { isFirst: Promise.resolve(true), leave };
  const held = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const wasFirst = remembered.getItem(name) !== null;
  const patience = wasFirst ? { signal: AbortSignal.timeout(handoverMs) } : { ifAvailable: true };
  const isFirst = new Promise<boolean>((resolve) => {
    const hold = (lock: Lock | null) => {
      resolve(lock !== null);
      if (lock === null) return undefined;
      remembered.setItem(name, "first");
      return held;
    };
    locks.request(name, patience, hold).catch(() => {
      remembered.removeItem(name); // a copy of the first tab, which is still there
      resolve(false);
    });
  });
  return { isFirst, leave };
}
