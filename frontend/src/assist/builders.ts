/** Builders for tests: an assistant, a draft, and a server that streams. */
import { vi } from "vitest";
import type { Draft } from "../api/types";
import type { AssistantSummary } from "./types";

export function anAssistant(given: Partial<AssistantSummary> = {}): AssistantSummary {
  return {
    model: "small",
    answers: "response",
    query: "query",
    query_is_field: false,
    sees: [],
    sees_pictures: true,
    sees_guideline: false,
    may_not_know: false,
    max_words: null,
    copying: "warn",
    copy_limit: 0.5,
    most_drafts: 20,
    ...given,
  };
}

export function aDraft(text: string, given: Partial<Draft> = {}): Draft {
  return {
    id: 7,
    number: 1,
    question: "response",
    status: "done",
    text,
    reason: null,
    is_cut: false,
    query: "",
    model: { name: "small", model: "small-1", recorded: false },
    version: "v1",
    tokens: text.split(/\s+/).filter(Boolean).length,
    first_token_ms: 100,
    generation_ms: 2400,
    probability: null,
    unsure: [],
    rating: null,
    created_at: "2026-01-05T10:00:00Z",
    ...given,
  };
}

/** A server that is asked for drafts: what it was sent, and a hand on what it says. */
export interface Streaming {
  /** Method and path of each request, in order. */
  asked: string[];
  bodies: unknown[];
  isAborted: () => boolean;
  tell: (event: string, data: unknown) => void;
  /** The connection ends, or breaks. */
  end: (how?: "broken") => void;
  /** What other requests are answered with. */
  replies: (request: Request) => Response;
  /** Refuse the next draft. */
  refuse: Response | null;
}

export function streaming(): Streaming {
  const encoder = new TextEncoder();
  let events: ReadableStreamDefaultController<Uint8Array>;
  let signal: AbortSignal | null = null;
  const server: Streaming = {
    asked: [],
    bodies: [],
    isAborted: () => signal?.aborted ?? false,
    tell: (event, data) =>
      events.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
    end: (how) => (how === "broken" ? events.error(new TypeError("network")) : events.close()),
    replies: () => Response.json({}),
    refuse: null,
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const { pathname } = new URL(request.url);
    server.asked.push(`${request.method} ${pathname}`);
    if (request.method !== "GET") server.bodies.push(await request.clone().json());
    if (!pathname.endsWith("/assist")) return server.replies(request);
    if (server.refuse !== null) {
      const refusal = server.refuse;
      server.refuse = null;
      return refusal;
    }
    signal = request.signal;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        events = controller;
      },
    });
    request.signal.addEventListener("abort", () => events.error(new DOMException("", "AbortError")));
    return new Response(body, { status: 200 });
  });
  return server;
}
