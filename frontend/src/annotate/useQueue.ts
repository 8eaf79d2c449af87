/** The queue of tasks behind the labeling screen: claims ahead, keeps leases, gives back on leaving. */
import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { api, unwrap } from "../api/client";
import { csrfHeader } from "../api/session";
import type { AnnotatorTask, Schema } from "../api/types";
import { firstTab } from "./first_tab";
import { type QueueState, TaskQueue } from "./queue";
import { pictures } from "./subject_cards";

const LEASE_CHECK_MS = 15_000;

interface Options {
  slug: string;
  person: number;
  /** The task on screen when work on it has begun: it stays leased on leaving. */
  begun: RefObject<number | null>;
  /** Whether there was input lately. */
  isAtWork: () => boolean;
  /** What else a task needs before it is painted. */
  prepare: (task: AnnotatorTask, schema: Schema) => Promise<unknown>;
  /** The assignments the person is done with, though they still wait to be sent. */
  unsent: () => readonly number[];
  /** False while `prepare` cannot work yet. */
  isReady: boolean;
}

export function useQueue({
  slug,
  person,
  begun,
  isAtWork,
  prepare,
  unsent,
  isReady,
}: Options): TaskQueue | null {
  const queries = useQueryClient();
  const [queue, setQueue] = useState<TaskQueue | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: one queue for a project and a person
  useEffect(() => {
    if (!isReady) return;
    let isGone = false;
    let made: TaskQueue | undefined;
    const first = firstTab(`milo.queue.${slug}.${person}`);
    const leave = () => {
      made?.close(begun.current);
      first.leave();
    };
    const comeBack = (event: PageTransitionEvent) => event.persisted && made?.reopen();
    const timer = setInterval(() => isAtWork() && void made?.extendLeases(), LEASE_CHECK_MS);

    async function preload(task: AnnotatorTask): Promise<void> {
      const schema = await queries.ensureQueryData(schemaQuery(slug, task.schema_version));
      for (const address of pictures(schema.subject, task.item)) loadPicture(address);
      await prepare(task, schema);
    }

    void first.isFirst.then((resumes) => {
      if (isGone) return;
      made = new TaskQueue({ claim: claimIn(slug), extend, release, preload, resumes, unsent });
      setQueue(made);
      void made.fill();
    });
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", comeBack);
    return () => {
      isGone = true;
      leave();
      clearInterval(timer);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", comeBack);
    };
  }, [slug, person, isReady]);
  return queue;
}

const NEVER = () => () => undefined;
const LOADING: QueueState = { task: null, ready: 0, isLoading: true, empty: null, error: null };

export function useQueueState(queue: TaskQueue | null): QueueState {
  return useSyncExternalStore(queue?.subscribe ?? NEVER, () => queue?.getState() ?? LOADING);
}

export function schemaQuery(slug: string, version: number) {
  return {
    queryKey: ["schema", slug, version],
    queryFn: () =>
      unwrap(api.GET("/api/projects/{p}/schemas/{v}", { params: { path: { p: slug, v: version } } })),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

function claimIn(slug: string) {
  return (count: number, resume: boolean) =>
    unwrap(api.POST("/api/projects/{p}/next", { params: { path: { p: slug } }, body: { count, resume } }));
}

function extend(assignment: number): Promise<{ lease_until: string }> {
  return unwrap(api.POST("/api/assignments/{a}/extend", { params: { path: { a: assignment } } }));
}

/** Give back with requests that outlive the page. */
function release(assignments: number[]): void {
  for (const assignment of assignments)
    void fetch(`/api/assignments/${assignment}/release`, {
      method: "POST",
      headers: csrfHeader(),
      keepalive: true,
    }).catch(() => undefined); // the lease ends by itself
}

function loadPicture(address: string): void {
  const picture = new Image();
  picture.src = address;
  void picture.decode().catch(() => undefined); // shown as missing when it is on screen
}
