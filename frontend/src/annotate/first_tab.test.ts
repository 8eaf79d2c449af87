import { beforeEach, expect, test } from "vitest";
import { someLocks } from "./builders";
import { firstTab, type TabMemory } from "./first_tab";

const NAME = "milo.queue.reviews.1";

let locks: LockManager;

beforeEach(() => {
  sessionStorage.clear();
  locks = someLocks();
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
