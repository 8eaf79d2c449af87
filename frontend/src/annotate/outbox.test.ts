import { afterEach, beforeEach, expect, test } from "vitest";
import { someLocks } from "./builders";
import { type Act, type Entry, Outbox, type OutboxOptions, type Outcome } from "./outbox";
import { MemoryStorage, openStorage, type Storage } from "./storage";

const ANA = { id: 1, name: "Ana" };
const TIMES = { active_ms: 1, wall_ms: 1, blurred_ms: 0, generation_ms: 0 };
const SUBMIT: Act = {
  kind: "submit",
  body: { expected_revision: 0, schema_version: 1, answers: {}, shown: [], ...TIMES },
};

let storage: Storage;
let sent: string[];
let outcomes: Map<string, Outcome[]>;
const open: Outbox[] = [];
let databases = 0;

beforeEach(async () => {
  databases += 1;
  storage = await openStorage(`test-${databases}`);
  sent = [];
  outcomes = new Map();
});

afterEach(() => {
  for (const outbox of open.splice(0)) outbox.stop();
});

/** The scripted server: what it answers to an entry, in order; then it accepts. */
async function send(entry: Entry): Promise<Outcome> {
  sent.push(entry.client_id);
  return outcomes.get(entry.client_id)?.shift() ?? { kind: "sent", reply: null };
}

async function anOutbox(given: Partial<OutboxOptions> = {}): Promise<Outbox> {
  const outbox = await Outbox.open({
    storage,
    person: ANA,
    send,
    logInAgain: async () => undefined,
    pausesMs: [1],
    ...given,
  });
  open.push(outbox);
  return outbox;
}

function add(outbox: Outbox, clientId: string, assignment = 1, act: Act = SUBMIT): Promise<void> {
  return outbox.add(clientId, { project: "demo", assignment, label: `item-${assignment}`, act });
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("it did not happen");
}

const isEmpty = (outbox: Outbox) => () => outbox.getState().entries.length === 0;

test("an entry leaves only after the server acknowledged it", async () => {
  let acknowledge: (outcome: Outcome) => void = () => undefined;
  const outbox = await anOutbox({
    send: () =>
      new Promise((resolve) => {
        acknowledge = resolve;
      }),
  });
  await add(outbox, "a");
  await until(() => outbox.getState().isSending);
  expect(await storage.entries()).toHaveLength(1);
  acknowledge({ kind: "sent", reply: null });
  await until(isEmpty(outbox));
  expect(await storage.entries()).toEqual([]);
});

test("entries are sent in the order they were made", async () => {
  const outbox = await anOutbox();
  await Promise.all(["a", "b", "c"].map((id, number) => add(outbox, id, number)));
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a", "b", "c"]);
});

test("a cut network is outlived: it tries again until the server answers", async () => {
  outcomes.set("a", [{ kind: "unreachable" }, { kind: "unreachable" }]);
  const outbox = await anOutbox();
  await add(outbox, "a");
  await until(() => !outbox.getState().isReachable);
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a", "a", "a"]);
  expect(outbox.getState().isReachable).toBe(true);
});

test("what was waiting survives a reload and is then sent", async () => {
  const before = await anOutbox({ send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(before, "a");
  await add(before, "b", 2);
  await until(() => !before.getState().isReachable);
  before.stop();
  const after = await anOutbox();
  await until(isEmpty(after));
  expect(sent).toEqual(["a", "b"]);
});

test("an expired log-in asks once in place and then goes on", async () => {
  outcomes.set("a", [{ kind: "logged_out" }]);
  let asked = 0;
  const outbox = await anOutbox({
    logInAgain: async () => {
      asked += 1;
    },
  });
  await add(outbox, "a");
  await until(isEmpty(outbox));
  expect([asked, sent]).toEqual([1, ["a", "a"]]);
});

test("after another person logged in, entries are kept and named, and never sent as theirs", async () => {
  const anas = await anOutbox({ send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(anas, "a");
  await until(() => !anas.getState().isReachable);
  anas.stop();
  const bens = await anOutbox({ person: { id: 2, name: "Ben" } });
  await add(bens, "b", 5);
  await until(isEmpty(bens));
  expect(sent).toEqual(["b"]);
  expect(bens.getState().others).toEqual([{ name: "Ana", count: 1 }]);
  expect((await storage.entries()).map(({ client_id }) => client_id)).toEqual(["a"]);
});

test("when another person logs in instead, sending stops and nothing is lost", async () => {
  outcomes.set("a", [{ kind: "logged_out" }]);
  let asked = 0;
  const outbox = await anOutbox({
    logInAgain: () => {
      asked += 1;
      return Promise.reject(new Error("Ben logged in"));
    },
  });
  await add(outbox, "a");
  await until(() => asked === 1 && !outbox.getState().isSending);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([asked, sent]).toEqual([1, ["a"]]);
  expect(await storage.entries()).toHaveLength(1);
});

test("an unsent entry can be taken back, one on its way cannot", async () => {
  let acknowledge: (outcome: Outcome) => void = () => undefined;
  const outbox = await anOutbox({
    send: (entry) => {
      sent.push(entry.client_id);
      return new Promise((resolve) => {
        acknowledge = resolve;
      });
    },
  });
  await add(outbox, "a");
  await add(outbox, "b", 2);
  await until(() => outbox.getState().isSending);
  expect(await outbox.takeBack("a")).toBe(false);
  expect(await outbox.takeBack("b")).toBe(true);
  acknowledge({ kind: "sent", reply: null });
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a"]);
});

test("a conflict keeps both versions, holds its assignment back, and lets the others go", async () => {
  const current = { revision: 3, answers: {}, submitted_at: null };
  outcomes.set("a", [{ kind: "conflict", current, problem: "changed elsewhere" }]);
  const outbox = await anOutbox();
  await add(outbox, "a", 1);
  await add(outbox, "later", 1);
  await add(outbox, "other", 2);
  await until(() => sent.includes("other"));
  expect(sent).toEqual(["a", "other"]);
  expect(outbox.getState().entries[0]).toMatchObject({ state: "conflict", current: { revision: 3 } });
  await outbox.sendAgain("a", { ...SUBMIT, body: { ...SUBMIT.body, expected_revision: 3 } } as Act);
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a", "other", "a", "later"]);
});

test("what the server refuses is kept with its reason until the person decides", async () => {
  outcomes.set("a", [{ kind: "refused", problem: "no such option" }]);
  const outbox = await anOutbox();
  await add(outbox, "a");
  await until(() => outbox.getState().entries[0]?.state === "refused");
  expect((await storage.entries())[0]).toMatchObject({ state: "refused", problem: "no such option" });
  await outbox.discard("a");
  expect(await storage.entries()).toEqual([]);
});

test("an entry that was tried without an answer is not taken back: the server may have it", async () => {
  const outbox = await anOutbox({ send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(outbox, "a");
  await until(() => outbox.getState().entries[0]?.wasTried === true);
  expect(await outbox.takeBack("a")).toBe(false);
  expect(outbox.isWaiting("a")).toBe(true);
});

test("without IndexedDB it still sends, and says that nothing survives a reload", async () => {
  const outbox = await anOutbox({ storage: new MemoryStorage() });
  expect(outbox.getState().isLasting).toBe(false);
  await add(outbox, "a");
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a"]);
});

test("when the disk is full the answer is sent all the same, and that it was not kept is said", async () => {
  class FullStorage extends MemoryStorage {
    override readonly isLasting = true;
    override putEntry(): Promise<void> {
      return Promise.reject(new DOMException("full", "QuotaExceededError"));
    }
  }
  const outbox = await anOutbox({ storage: new FullStorage() });
  await add(outbox, "a");
  await until(isEmpty(outbox));
  expect([sent, outbox.getState().isLasting]).toEqual([["a"], false]);
});

test("what one tab made is sent once, though another tab sends, too", async () => {
  const locks = someLocks();
  const [one, other] = [await anOutbox({ locks }), await anOutbox({ locks })];
  await add(one, "a");
  await until(isEmpty(one));
  other.wake();
  await add(other, "b", 2);
  await until(isEmpty(other));
  expect(sent).toEqual(["a", "b"]);
});

test("a tab takes over what a tab that is gone left", async () => {
  const locks = someLocks();
  const staying = await anOutbox({ locks });
  const leaving = await anOutbox({ locks, send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(leaving, "a");
  await until(() => !leaving.getState().isReachable);
  leaving.stop();
  staying.wake();
  await until(() => sent.includes("a"));
  await until(isEmpty(staying));
  expect(await storage.entries()).toEqual([]);
});

test("what one tab took back no other tab sends", async () => {
  const locks = someLocks();
  const one = await anOutbox({ locks, send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(one, "a");
  await add(one, "b", 2);
  let isCut = true;
  const other = await anOutbox({
    locks,
    send: (entry) => (isCut ? Promise.resolve({ kind: "unreachable" }) : send(entry)),
    pausesMs: [60_000],
  });
  await until(() => !other.getState().isReachable);
  expect(other.getState().entries).toHaveLength(2);
  await until(() => !one.getState().isSending);
  expect(await takenBack(one, "b")).toBe(true);
  isCut = false;
  other.wake();
  await until(isEmpty(other));
  expect(sent).toEqual(["a"]);
});

/** Take back once no other tab is sending. */
async function takenBack(outbox: Outbox, clientId: string): Promise<boolean> {
  let isBack = false;
  for (let round = 0; round < 200 && !isBack; round += 1) {
    isBack = await outbox.takeBack(clientId);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return isBack;
}

test("what another tab may be sending cannot be taken back", async () => {
  const locks = someLocks();
  const one = await anOutbox({ locks, send: async () => ({ kind: "unreachable" }), pausesMs: [60_000] });
  await add(one, "a");
  await add(one, "b", 2);
  const answers: ((outcome: Outcome) => void)[] = [];
  const other = await anOutbox({ locks, send: () => new Promise((resolve) => answers.push(resolve)) });
  await until(() => answers.length === 1);
  expect(await one.takeBack("b")).toBe(false);
  answers[0]?.({ kind: "sent", reply: null });
  await until(() => answers.length === 2);
  answers[1]?.({ kind: "sent", reply: null });
  await until(isEmpty(other));
});

test("while one tab waits for a log-in, another one sends", async () => {
  const locks = someLocks();
  outcomes.set("a", [{ kind: "logged_out" }]);
  let asked = 0;
  const one = await anOutbox({
    locks,
    logInAgain: () => {
      asked += 1;
      return new Promise(() => undefined);
    },
  });
  await add(one, "a");
  await until(() => asked === 1);
  const other = await anOutbox({ locks });
  await until(isEmpty(other));
  expect(sent).toEqual(["a", "a"]);
});

test("on a full disk an answer that could not be sent is tried again after a pause", async () => {
  class FullStorage extends MemoryStorage {
    override putEntry(): Promise<void> {
      return Promise.reject(new DOMException("full", "QuotaExceededError"));
    }
  }
  outcomes.set("a", [{ kind: "unreachable" }]);
  const outbox = await anOutbox({ storage: new FullStorage() });
  await add(outbox, "a");
  await until(isEmpty(outbox));
  expect(sent).toEqual(["a", "a"]);
});
