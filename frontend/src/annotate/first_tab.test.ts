import { beforeEach, expect, test } from "vitest";
import { firstTab, type TabMemory } from "./first_tab";

const NAME = "milo.queue.reviews.1";

/** The browser's locks, as far as one exclusive lock goes. */
class Locks {
  private isHeld = false;
  private waiting: (() => void)[] = [];

  async request(_: string, options: LockOptions, use: (lock: Lock | null) => unknown): Promise<unknown> {
    if (this.isHeld && options.ifAvailable) return use(null);
    if (this.isHeld)
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
      });
    this.isHeld = true;
    const used = await use({ name: NAME, mode: "exclusive" });
    this.isHeld = false;
    this.waiting.shift()?.();
    return used;
  }
}

let locks: LockManager;

beforeEach(() => {
  sessionStorage.clear();
  locks = new Locks() as unknown as LockManager;
});

/** What another tab remembers of its own: nothing. */
function elsewhere(): TabMemory {
  return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
}

test("of two tabs one is first, and the next one after it has left", async () => {
  const one = firstTab(NAME, locks);
  expect(await one.isFirst).toBe(true);
  expect(await firstTab(NAME, locks, elsewhere()).isFirst).toBe(false);
  one.leave();
  await new Promise((resolve) => setTimeout(resolve));
  expect(await firstTab(NAME, locks, elsewhere()).isFirst).toBe(true);
});

test("a tab that is reloaded stays first, though its page before is still going away", async () => {
  const before = firstTab(NAME, locks);
  await before.isFirst;
  const after = firstTab(NAME, locks);
  before.leave();
  expect(await after.isFirst).toBe(true);
});

test("a copy of the first tab is not first while the first one stays", async () => {
  await firstTab(NAME, locks).isFirst;
  expect(await firstTab(NAME, locks, sessionStorage, 20).isFirst).toBe(false);
});
