import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/error";
import type { Answers } from "../api/types";
import { Autosave, type AutosaveOptions, type DraftState, type Unsaved } from "./drafts";
import { EMPTY_FORM } from "./form";
import { MemoryStorage } from "./storage";

const ANSWERS: Answers = { reason: { kind: "text", value: "so", confidence: null } };
const EDIT = {
  at_ms: 5,
  start: 0,
  removed: 0,
  inserted: "so",
  source: "typed",
  is_paste: false,
  draft: null,
} as const;
const UNSAVED: Unsaved = {
  form: EMPTY_FORM,
  answers: ANSWERS,
  writing: { reason: { base: "", edits: [EDIT] } },
};

let storage: MemoryStorage;
let saved: number[];
let states: DraftState[];

beforeEach(() => {
  vi.useFakeTimers();
  storage = new MemoryStorage();
  saved = [];
  states = [];
});

afterEach(() => {
  vi.useRealTimers();
});

function autosave(given: Partial<AutosaveOptions> = {}): Autosave {
  return new Autosave({
    storage,
    person: 1,
    assignment: 7,
    revision: 0,
    seq: 4,
    put: async (seq) => saved.push(seq),
    onState: (state) => states.push(state),
    ...given,
  });
}

test("the server has the draft within two seconds of the first change, however fast one types", async () => {
  const drafts = autosave();
  for (let typed = 0; typed < 15; typed += 1) {
    drafts.note(UNSAVED);
    await vi.advanceTimersByTimeAsync(130);
  }
  expect(saved.length).toBeGreaterThan(0);
  expect(saved[0]).toBeGreaterThan(4);
  await vi.advanceTimersByTimeAsync(2000);
  expect(saved.at(-1)).toBe(4 + 15);
  expect(states.at(-1)).toBe("saved");
});

test("the draft is on this machine at once", async () => {
  autosave().note(UNSAVED);
  expect(await storage.draft(1, 7)).toMatchObject({ seq: 5 });
});

test("how a text came about is kept with it, here and on the server", async () => {
  const sent: unknown[] = [];
  const drafts = autosave({ put: async (_, { writing }) => sent.push(writing) });
  drafts.note(UNSAVED);
  await drafts.flush();
  expect(await storage.draft(1, 7)).toMatchObject({ writing: UNSAVED.writing });
  expect(sent).toEqual([UNSAVED.writing]);
});

test("a server out of reach is said, and the next change tries again", async () => {
  let fails = true;
  const drafts = autosave({
    put: async (seq) => {
      if (fails) throw new TypeError("network");
      saved.push(seq);
    },
  });
  drafts.note(UNSAVED);
  await vi.advanceTimersByTimeAsync(2000);
  expect(states.at(-1)).toBe("kept_here");
  fails = false;
  drafts.note(UNSAVED);
  await vi.advanceTimersByTimeAsync(2000);
  expect([saved, states.at(-1)]).toEqual([[6], "saved"]);
});

test("after the submit nothing more is saved and the draft is gone", async () => {
  const drafts = autosave();
  drafts.note(UNSAVED);
  drafts.close(true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(saved).toEqual([]);
  expect(await storage.draft(1, 7)).toBeUndefined();
});

test("a draft the server lacks is sent at once, under a number of its own, and is saving until it is there", async () => {
  let arrive: () => void = () => undefined;
  const drafts = autosave({
    put: (seq) =>
      new Promise<void>((resolve) => {
        saved.push(seq);
        arrive = resolve;
      }),
  });
  drafts.catchUp(UNSAVED);
  expect([saved, states.at(-1)]).toEqual([[5], "saving"]);
  expect(await storage.draft(1, 7)).toMatchObject({ seq: 5 });
  arrive();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.at(-1)).toBe("saved");
});

test("an answer to an older draft says nothing about the newest one", async () => {
  const arrivals: (() => void)[] = [];
  const drafts = autosave({ put: () => new Promise<void>((resolve) => arrivals.push(resolve)) });
  drafts.catchUp(UNSAVED);
  drafts.catchUp(UNSAVED);
  arrivals[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.at(-1)).toBe("saving");
  arrivals[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.at(-1)).toBe("saved");
});

test("what could not be sent is sent by itself when the server is back", async () => {
  let fails = true;
  const drafts = autosave({
    put: async (seq) => {
      if (fails) throw new TypeError("network");
      saved.push(seq);
    },
  });
  drafts.catchUp(UNSAVED);
  await vi.advanceTimersByTimeAsync(2000);
  expect([saved, states.at(-1)]).toEqual([[], "kept_here"]);
  fails = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect([saved, states.at(-1)]).toEqual([[5], "saved"]);
});

test("what the server refuses is not sent again and again", async () => {
  let attempts = 0;
  const drafts = autosave({
    put: async () => {
      attempts += 1;
      throw new ApiError(404, {});
    },
  });
  drafts.catchUp(UNSAVED);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([attempts, states.at(-1)]).toEqual([1, "kept_here"]);
});
