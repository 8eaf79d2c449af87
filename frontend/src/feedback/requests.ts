/** What the feedback screen asks of the server. */
import { queryOptions } from "@tanstack/react-query";
import { fetchInSession } from "../api/client";
import { errorOf } from "../api/error";
import type { AnswerFeedback, FeedbackCounts, FeedbackPage, MyQuality, Source } from "./types";

export type SourceFilter = Source | "all";

export const listFeedback = (slug: string, source: SourceFilter, cursor: string | undefined) =>
  call<FeedbackPage>(
    "GET",
    `projects/${slug}/feedback?source=${source}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
  );

/** One's own answer with all that was said about it. */
export function answerQuery(assignment: number) {
  return queryOptions({
    queryKey: ["feedback", "answer", assignment],
    queryFn: () => call<AnswerFeedback>("GET", `assignments/${assignment}/feedback`),
    staleTime: 30_000,
  });
}

/** How many answers are to be redone, and how many are new. */
export function countsQuery(slug: string) {
  return queryOptions({
    queryKey: ["feedback", "counts", slug],
    queryFn: async (): Promise<FeedbackCounts> =>
      (await call<FeedbackPage>("GET", `projects/${slug}/feedback?status=redo`)).counts,
    refetchInterval: 60_000,
  });
}

export function myQualityQuery(slug: string) {
  return queryOptions({
    queryKey: ["feedback", "mine", slug],
    queryFn: () => call<MyQuality>("GET", `projects/${slug}/feedback/mine`),
    staleTime: 60_000,
  });
}

export const noteSeen = (assignment: number) =>
  call<unknown>("POST", `assignments/${assignment}/feedback/seen`);

export const reply = (feedback: number, text: string) =>
  call<unknown>("POST", `feedback/${feedback}/reply`, { text });

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const request = new Request(`${location.origin}/api/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const response = await fetchInSession(request);
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? (null as T) : ((await response.json()) as T);
}
