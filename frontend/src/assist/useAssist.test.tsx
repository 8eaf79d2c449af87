import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskAssist } from "../api/types";
import { aDraft, anAssistant, type Streaming, streaming } from "./builders";
import { type Assist, useAssist } from "./useAssist";

const STARTED = { draft: 41, number: 1, model: "small", version: "v1" };
const ASSISTANT = anAssistant();

let server: Streaming;
let assignment = 100;
beforeEach(() => {
  server = streaming();
  assignment += 1;
});
afterEach(() => vi.unstubAllGlobals());

function start(given: Partial<TaskAssist> = {}) {
  const task = { assignment, assist: { held_out: false, drafts: [], ...given } };
  return renderHook(() => useAssist(task, ASSISTANT));
}

/** Ask, and wait until the server was asked. */
async function ask(assist: { current: Assist }, query = "Why?") {
  const before = server.asked.length;
  act(() => assist.current.generate(query, {}));
  await waitFor(() => expect(server.asked.length).toBeGreaterThan(before));
  await act(async () => undefined);
}

async function until(holds: () => unknown) {
  await waitFor(() => expect(holds()).toBeTruthy());
}

const texts = ({ current }: { current: Assist }) => current.drafts.map(({ text }) => text);
const states = ({ current }: { current: Assist }) => current.drafts.map(({ status }) => status);

test("pieces become one growing draft, and the server has the last word on it", async () => {
  const { result } = start();
  await ask(result);
  expect(server.asked).toEqual([`POST /api/assignments/${assignment}/assist`]);
  expect(server.bodies).toEqual([{ query: "Why?", answers: {} }]);
  expect(result.current.waiting).toMatchObject({ reason: null });

  server.tell("waiting", { reason: "The model is being loaded" });
  await until(() => result.current.waiting?.reason === "The model is being loaded");
  server.tell("waiting", { reason: null }); // it is loaded, and reads
  await until(() => result.current.waiting?.reason === null);
  server.tell("started", STARTED);
  server.tell("piece", { text: "At ", p: 0.9 });
  server.tell("piece", { text: "night", p: 0.8 });
  await until(() => texts(result)[0] === "At night");
  expect(result.current).toMatchObject({ isGenerating: true, waiting: null });
  expect(result.current.drafts[0]).toMatchObject({ id: 41, status: "generating", tokens: 2 });

  server.tell("done", aDraft("At night.", { id: 41, is_cut: true }));
  await until(() => !result.current.isGenerating);
  expect(result.current.drafts).toEqual([aDraft("At night.", { id: 41, is_cut: true })]);
});

test("pieces of one frame are painted once", async () => {
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
  const { result } = start();
  await ask(result);
  server.tell("started", STARTED);
  for (let word = 0; word < 50; word += 1) server.tell("piece", { text: `${word} ` });
  await until(() => frames.length > 0);
  await act(async () => undefined);
  expect(frames).toHaveLength(1);
  expect(texts(result)).toEqual([""]);
  act(() => frames[0]?.(0));
  expect(texts(result)[0]).toMatch(/^0 1 .* 49 $/);
});

test("stop is at once: the request ends and what came stays", async () => {
  const { result } = start();
  await ask(result);
  server.tell("started", STARTED);
  server.tell("piece", { text: "At night" });
  await until(() => texts(result)[0] === "At night");
  act(() => result.current.stop());
  expect(server.isAborted()).toBe(true);
  expect(states(result)).toEqual(["stopped"]);
  expect(texts(result)).toEqual(["At night"]);
  expect(result.current.problem).toBeNull();
});

test("another draft keeps those before it", async () => {
  const { result } = start({ drafts: [aDraft("One.", { id: 40 })] });
  await ask(result);
  server.tell("started", { ...STARTED, number: 2 });
  server.tell("done", aDraft("Two.", { id: 41, number: 2 }));
  await until(() => texts(result).length === 2 && !result.current.isGenerating);
  expect(texts(result)).toEqual(["One.", "Two."]);
});

test("a draft that fails keeps what had come, and says why", async () => {
  const { result } = start();
  await ask(result);
  server.tell("started", STARTED);
  server.tell("piece", { text: "At ni" });
  const failed = aDraft("At ni", { id: 41, status: "failed", reason: "out of memory" });
  server.tell("problem", { reason: "out of memory", draft: failed });
  await until(() => result.current.problem !== null);
  expect(result.current.problem).toEqual({ kind: "failed", reason: "out of memory" });
  expect(result.current.drafts).toEqual([failed]);
});

test("a connection that breaks in the middle leaves a draft that failed", async () => {
  const { result } = start();
  await ask(result);
  server.tell("started", STARTED);
  server.tell("piece", { text: "At night" });
  await until(() => texts(result)[0] === "At night");
  server.end("broken");
  await until(() => result.current.problem !== null);
  expect(result.current.problem?.kind).toBe("unreachable");
  expect(states(result)).toEqual(["failed"]);
  expect(texts(result)).toEqual(["At night"]);
});

test("a stream that ends without an end is told from one that was finished", async () => {
  const { result } = start();
  await ask(result);
  server.tell("started", STARTED);
  server.end();
  await until(() => result.current.problem !== null);
  expect(result.current.problem?.kind).toBe("broken_off");
  expect(states(result)).toEqual(["failed"]);
});

test("a refusal is said in the server's words and leaves no draft", async () => {
  const { result } = start();
  server.refuse = Response.json({ detail: "This item has had its 20 drafts." }, { status: 409 });
  await ask(result);
  await until(() => result.current.problem !== null);
  expect(result.current.problem).toEqual({ kind: "refused", reason: "This item has had its 20 drafts." });
  expect(result.current.drafts).toEqual([]);
});

test("without a network nothing is asked", () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const { result } = start();
  act(() => result.current.generate("Why?", {}));
  expect(result.current.problem?.kind).toBe("offline");
  expect(server.asked).toEqual([]);
  vi.restoreAllMocks();
});

test("an item held out asks for nothing", () => {
  const { result } = start({ held_out: true });
  act(() => result.current.generate("Why?", {}));
  expect(server.asked).toEqual([]);
});

test("leaving ends the request; whoever comes back finds what had come", async () => {
  const { result, unmount } = start();
  await ask(result);
  server.tell("started", STARTED);
  server.tell("piece", { text: "At night" });
  await until(() => texts(result)[0] === "At night");
  unmount();
  expect(server.isAborted()).toBe(true);
  const { result: again } = start();
  expect(states(again)).toEqual(["stopped"]);
  expect(texts(again)).toEqual(["At night"]);
});

test("a draft that was being written when the page was reloaded is asked for once", async () => {
  server.replies = () => Response.json({ drafts: [aDraft("All of it.", { id: 41 })] });
  const { result } = start({ drafts: [aDraft("", { id: 41, status: "generating" })] });
  expect(result.current.isGenerating).toBe(false);
  await until(() => texts(result)[0] === "All of it.");
  expect(server.asked).toEqual([`GET /api/assignments/${assignment}/drafts`]);
});

test("a rating is shown at once, and taken back when it could not be stored", async () => {
  const { result } = start({ drafts: [aDraft("One.", { id: 40 })] });
  const up = { thumb: "up" as const, complaints: [], note: "" };
  server.replies = () => Response.json({ rating: up });
  let stored = Promise.resolve();
  act(() => {
    stored = result.current.rate(40, up);
  });
  expect(result.current.drafts[0]?.rating).toEqual(up);
  await act(() => stored);
  expect(server.bodies).toEqual([{ rated: "draft", target: 40, part: "", ...up }]);

  server.replies = () => Response.json({ detail: "no" }, { status: 500 });
  await act(async () => {
    await expect(result.current.rate(40, null)).rejects.toThrow("no");
  });
  expect(result.current.drafts[0]?.rating).toEqual(up);
});
