import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answers } from "../api/types";
import { Autosave, type AutosaveOptions, type DraftState } from "./drafts";
import { EMPTY_FORM } from "./form";
import { MemoryStorage } from "./storage";

const ANSWERS: Answers = { reason: { kind: "text", value: "so", confidence: null } };

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
    drafts.note(EMPTY_FORM, ANSWERS);
    await vi.advanceTimersByTimeAsync(130);
  }
  expect(saved.length).toBeGreaterThan(0);
  expect(saved[0]).toBeGreaterThan(4);
  await vi.advanceTimersByTimeAsync(2000);
  expect(saved.at(-1)).toBe(4 + 15);
  expect(states.at(-1)).toBe("saved");
});

test("the draft is on this machine at once", async () => {
  autosave().note(EMPTY_FORM, ANSWERS);
  expect(await storage.draft(1, 7)).toMatchObject({ seq: 5 });
});

test("a server out of reach is said, and the next change tries again", async () => {
  let fails = true;
  const drafts = autosave({
    put: async (seq) => {
      if (fails) throw new TypeError("network");
      saved.push(seq);
    },
  });
  drafts.note(EMPTY_FORM, ANSWERS);
  await vi.advanceTimersByTimeAsync(2000);
  expect(states.at(-1)).toBe("kept_here");
  fails = false;
  drafts.note(EMPTY_FORM, ANSWERS);
  await vi.advanceTimersByTimeAsync(2000);
  expect([saved, states.at(-1)]).toEqual([[6], "saved"]);
});

test("after the submit nothing more is saved and the draft is gone", async () => {
  const drafts = autosave();
  drafts.note(EMPTY_FORM, ANSWERS);
  drafts.close(true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(saved).toEqual([]);
  expect(await storage.draft(1, 7)).toBeUndefined();
});
