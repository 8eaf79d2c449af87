import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadMe, logOut } from "../api/session";
import type { Entry } from "./outbox";
import { openStorage } from "./storage";
import { useOpenOutbox, useOutbox } from "./useOutbox";

const TIMES = { active_ms: 1, wall_ms: 1, blurred_ms: 0, generation_ms: 0 };
const EXPIRED_TOKEN = "token-0";

/** The server: who is logged in with which token, and which submits it took. */
let session: { id: number; name: string; csrf_token: string } | null;
let taken: string[];
let refusals: number;

beforeEach(() => {
  session = { id: 1, name: "Ana", csrf_token: "token-1" };
  taken = [];
  refusals = 0;
  vi.stubGlobal("fetch", serve);
});

afterEach(async () => {
  await act(logOut);
  cleanup();
  vi.unstubAllGlobals();
  const storage = await openStorage();
  for (const { client_id } of await storage.entries()) await storage.removeEntry(client_id);
});

async function serve(address: string, request: RequestInit = {}): Promise<Response> {
  if (address === "/api/me") return Response.json(session, { status: session === null ? 401 : 200 });
  if (address === "/api/logout") return new Response(null, { status: 204 });
  if (new Headers(request.headers).get("X-CSRF-Token") !== session?.csrf_token) {
    refusals += 1;
    return Response.json({ detail: "wrong token" }, { status: session === null ? 401 : 403 });
  }
  taken.push(JSON.parse(String(request.body)).client_id);
  return Response.json({});
}

/** An answer kept from before. */
async function keep(clientId: string, person: number): Promise<void> {
  const entry: Entry = {
    client_id: clientId,
    number: 1,
    person,
    person_name: "Ana",
    project: "demo",
    assignment: 1,
    label: "item-1",
    act: { kind: "skip", body: TIMES },
    made_at: "2026-01-01T00:00:00Z",
    state: "waiting",
    wasTried: false,
    problem: null,
    current: null,
  };
  await (await openStorage()).putEntry(entry);
}

/** The application without a labeling screen. */
function open() {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
  );
  return renderHook(
    () => {
      useOpenOutbox();
      return useOutbox();
    },
    { wrapper },
  ).result;
}

test("what waits is sent as soon as its person is logged in, whatever screen is open", async () => {
  await keep("a", 1);
  const outbox = open();
  expect(outbox.current).toBeNull();
  await act(loadMe);
  await waitFor(() => expect(taken).toEqual(["a"]));
  await waitFor(() => expect(outbox.current?.outbox.getState().entries).toEqual([]));
});

test("at the log-out it closes, and the next person has an outbox of their own", async () => {
  await keep("a", 1);
  session = { id: 2, name: "Ben", csrf_token: "token-2" };
  const outbox = open();
  await act(loadMe);
  await waitFor(() => expect(outbox.current?.outbox.getState().others).toEqual([{ name: "Ana", count: 1 }]));
  const bens = outbox.current?.outbox;
  await act(logOut);
  expect(outbox.current).toBeNull();
  session = { id: 1, name: "Ana", csrf_token: "token-3" };
  await act(loadMe);
  await waitFor(() => expect(taken).toEqual(["a"]));
  expect(outbox.current?.outbox).not.toBe(bens);
});

test("who logged in again in another tab goes on with the new token", async () => {
  session = { id: 1, name: "Ana", csrf_token: EXPIRED_TOKEN };
  const outbox = open();
  await act(loadMe);
  await waitFor(() => expect(outbox.current).not.toBeNull());
  session = { id: 1, name: "Ana", csrf_token: "token-1" };
  await act(() => add(outbox.current, "a"));
  await waitFor(() => expect(taken).toEqual(["a"]));
  expect(refusals).toBe(1);
});

test("after somebody else logged in in another tab, an answer is kept for its own person", async () => {
  const outbox = open();
  await act(loadMe);
  await waitFor(() => expect(outbox.current).not.toBeNull());
  session = { id: 2, name: "Ben", csrf_token: "token-2" };
  await act(() => add(outbox.current, "a"));
  await waitFor(() => expect(refusals).toBe(1));
  await waitFor(() => expect(outbox.current?.outbox.getState().isSending).toBe(false));
  expect(taken).toEqual([]);
  expect((await (await openStorage()).entries()).map(({ state }) => state)).toEqual(["waiting"]);
});

function add(kept: ReturnType<typeof useOutbox>, clientId: string): Promise<void> {
  const made = {
    project: "demo",
    assignment: 1,
    label: "item-1",
    act: { kind: "skip", body: TIMES },
  } as const;
  return kept?.outbox.add(clientId, made) ?? Promise.reject(new Error("there is no outbox"));
}
