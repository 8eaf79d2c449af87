/** Drafts of one item: what came, what is being written, and why it failed. Nothing waits for it. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { api, unwrap } from "../api/client";
import { ApiError } from "../api/error";
import type { AnnotatorTask, Answers, Draft } from "../api/types";
import { postForEvents } from "../shared/sse";
import { putRating } from "./ratings";
import { keep, keptOf } from "./seen_drafts";
import type { AssistantSummary, Said } from "./types";

/** Why no draft came, or broke off. */
export interface Problem {
  kind: "refused" | "failed" | "broken_off" | "unreachable" | "offline";
  /** The server's words. */
  reason: string | null;
}

export interface Assist {
  /** In order; the one being written last, its status `generating`, its text growing. Its id is 0 until the server
   * has said it. */
  drafts: readonly Draft[];
  isGenerating: boolean;
  /** Since when a draft is being written, on the clock of `performance.now`. */
  since: number | null;
  /** Asked for, and nothing has come yet. */
  waiting: { since: number; reason: string | null } | null;
  problem: Problem | null;
  generate: (query: string, answers: Answers) => void;
  /** At once; what came stays. */
  stop: () => void;
  /** Shown at once; refused when it could not be stored, and then as it was. */
  rate: (draft: number, said: Said) => Promise<void>;
}

interface State {
  drafts: readonly Draft[];
  since: number | null;
  /** Why it has not begun, in the server's words. */
  delay: string | null;
  problem: Problem | null;
}

interface Run {
  abort: AbortController;
  since: number;
  /** Pieces that came since the last paint. */
  text: string;
  pieces: number;
  frame: number;
}

type Change = (now: State) => State;

export function useAssist(
  { assignment, assist: given }: Pick<AnnotatorTask, "assignment" | "assist">,
  assistant: AssistantSummary | null,
): Assist {
  const [state, setState] = useState<State>(() => ({
    drafts: keptOf(assignment, given?.drafts ?? []),
    since: null,
    delay: null,
    problem: null,
  }));
  const running = useRef<Run | null>(null);
  const newest = useRef(state);
  newest.current = state;

  const change = useCallback((next: Change) => setState(next), []);
  useEffect(() => keep(assignment, state.drafts), [assignment, state.drafts]);

  const end = useCallback(() => {
    const run = running.current;
    running.current = null;
    if (run === null) return;
    cancelAnimationFrame(run.frame);
    run.abort.abort();
    change((now) => stopped(added(now, run.text, run.pieces), run.since));
  }, [change]);

  const generate = useCallback(
    (query: string, answers: Answers) => {
      if (assistant === null || given === null || given.held_out) return;
      end();
      if (!navigator.onLine) return change((now) => ({ ...now, problem: { kind: "offline", reason: null } }));
      const run = { abort: new AbortController(), since: performance.now(), text: "", pieces: 0, frame: 0 };
      running.current = run;
      change((now) => begun(now, assistant, query, run.since));
      const say = (next: Change) => running.current === run && change(next);
      void read(assignment, { query, answers }, run, say).finally(() => {
        cancelAnimationFrame(run.frame);
        if (running.current === run) running.current = null;
      });
    },
    [assignment, assistant, given, end, change],
  );

  const rate = useCallback(
    async (draft: number, said: Said) => {
      const before = newest.current.drafts.find(({ id }) => id === draft)?.rating ?? null;
      const show = (rating: Said) => change((now) => rated(now, draft, rating));
      show(said);
      try {
        await putRating(assignment, { rated: "draft", target: draft, part: "" }, said);
      } catch (failure) {
        show(before);
        throw failure;
      }
    },
    [assignment, change],
  );

  useLateEnds(assignment, given?.drafts ?? [], change);
  useEffect(
    () => () => {
      const run = running.current;
      running.current = null;
      if (run === null) return;
      cancelAnimationFrame(run.frame);
      run.abort.abort();
      keep(assignment, stopped(added(newest.current, run.text, run.pieces), run.since).drafts);
    },
    [assignment],
  );

  const last = state.drafts.at(-1);
  const isGenerating = last?.status === "generating";
  const isWaiting = isGenerating && last.text === "";
  return useMemo(
    () => ({
      ...state,
      isGenerating,
      waiting: isWaiting && state.since !== null ? { since: state.since, reason: state.delay } : null,
      generate,
      stop: end,
      rate,
    }),
    [state, isGenerating, isWaiting, generate, end, rate],
  );
}

/** Read one draft to its end; pieces are shown once a frame. */
async function read(
  assignment: number,
  asked: { query: string; answers: Answers },
  run: Run,
  say: (next: Change) => unknown,
): Promise<void> {
  const flush = () => {
    const { text, pieces } = run;
    [run.text, run.pieces, run.frame] = ["", 0, 0];
    say((now) => added(now, text, pieces));
  };
  const failed = (problem: Problem) => {
    flush();
    say((now) => withoutEnd(now, problem, run.since));
  };
  try {
    const path = `/api/assignments/${assignment}/assist`;
    for await (const { event, data } of postForEvents(path, asked, run.abort.signal)) {
      if (run.abort.signal.aborted) return;
      const told = JSON.parse(data);
      if (event === "waiting") say((now) => ({ ...now, delay: told.reason }));
      else if (event === "started") say((now) => named(now, told));
      else if (event === "piece") {
        run.text += told.text;
        run.pieces += 1;
        run.frame ||= requestAnimationFrame(() => flushSync(flush)); // in this frame, not the next
      } else if (event === "done") return void say((now) => finished(now, told));
      else if (event === "problem") {
        if (told.draft === null) return failed({ kind: "failed", reason: told.reason });
        return void say((now) => ({
          ...finished(now, told.draft),
          problem: { kind: "failed", reason: told.reason },
        }));
      }
    }
    failed({ kind: "broken_off", reason: null });
  } catch (failure) {
    if (run.abort.signal.aborted) return;
    if (failure instanceof ApiError) failed({ kind: "refused", reason: failure.message });
    else failed({ kind: navigator.onLine ? "unreachable" : "offline", reason: null });
  }
}

/** The draft that was asked for, before the server has said anything of it. */
function begun({ drafts }: State, assistant: AssistantSummary, query: string, since: number): State {
  const draft: Draft = {
    id: 0,
    number: (drafts.at(-1)?.number ?? 0) + 1,
    question: assistant.answers,
    status: "generating",
    text: "",
    reason: null,
    is_cut: false,
    query,
    model: { name: assistant.model, model: assistant.model, recorded: false },
    version: "",
    tokens: 0,
    first_token_ms: null,
    generation_ms: 0,
    probability: null,
    unsure: [],
    rating: null,
    created_at: new Date().toISOString(),
  };
  return { drafts: [...drafts, draft], since, delay: null, problem: null };
}

function named(now: State, told: { draft: number; number: number; model: string; version: string }): State {
  return live({ ...now, delay: null }, (draft) => ({
    ...draft,
    id: told.draft,
    number: told.number,
    version: told.version,
    model: { ...draft.model, name: told.model },
  }));
}

function added(now: State, text: string, pieces: number): State {
  if (pieces === 0) return now;
  return live(now, (draft) => ({
    ...draft,
    text: draft.text + text,
    tokens: (draft.tokens ?? 0) + pieces,
  }));
}

function finished(now: State, draft: Draft): State {
  const others = now.drafts.filter(({ id, status }) => status !== "generating" && id !== draft.id);
  return { drafts: [...others, draft], since: null, delay: null, problem: null };
}

function stopped(now: State, since: number): State {
  return { ...settled(now, "stopped", since), problem: null };
}

/** It ended without being done: what came is kept as failed. */
function withoutEnd(now: State, problem: Problem, since: number): State {
  return { ...settled(now, "failed", since), problem };
}

/** A draft the server has not numbered has never been. */
function settled(now: State, status: "stopped" | "failed", since: number): State {
  const ended = live(now, (draft) => ({
    ...draft,
    status,
    generation_ms: Math.round(performance.now() - since),
  }));
  return { ...ended, drafts: ended.drafts.filter(({ id }) => id !== 0), since: null, delay: null };
}

function live(now: State, next: (draft: Draft) => Draft): State {
  return {
    ...now,
    drafts: now.drafts.map((draft) => (draft.status === "generating" ? next(draft) : draft)),
  };
}

function rated(now: State, id: number, rating: Said): State {
  return { ...now, drafts: now.drafts.map((draft) => (draft.id === id ? { ...draft, rating } : draft)) };
}

/** A page that was reloaded may come before the draft it left has ended; how it ended is asked for. */
function useLateEnds(assignment: number, given: readonly Draft[], change: (next: Change) => void): void {
  const isLate = given.some(({ status }) => status === "generating");
  useEffect(() => {
    if (!isLate) return;
    let isCurrent = true;
    const params = { path: { a: assignment } };
    void unwrap(api.GET("/api/assignments/{a}/drafts", { params })).then(
      ({ drafts }) => {
        const ended = new Map(drafts.map((draft) => [draft.id, draft]));
        const next: Change = (now) => ({
          ...now,
          drafts: now.drafts.map((draft) => {
            const late = draft.status === "stopped" ? ended.get(draft.id) : undefined;
            return late === undefined || late.status === "generating" ? draft : late;
          }),
        });
        if (isCurrent) change(next);
      },
      () => undefined, // what was known stays
    );
    return () => {
      isCurrent = false;
    };
  }, [assignment, isLate, change]);
}
