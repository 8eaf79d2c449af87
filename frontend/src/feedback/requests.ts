/** What the feedback screen asks of the server. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import type { AnswerFeedback, FeedbackPage, Source } from "./types";

export type SourceFilter = Source | "all";

/** A page of the list: what is to be redone, what is new, then what was seen. */
export const listFeedback = (slug: string, source: SourceFilter, cursor: string | undefined) =>
  unwrap(api.GET("/api/projects/{p}/feedback", { params: { path: { p: slug }, query: { source, cursor } } }));

/** What was sent back, and how many answers are to be redone. */
export function redoQuery(slug: string) {
  return queryOptions({
    queryKey: ["feedback", "redo", slug],
    queryFn: (): Promise<FeedbackPage> =>
      unwrap(
        api.GET("/api/projects/{p}/feedback", {
          params: { path: { p: slug }, query: { status: "redo" } },
        }),
      ),
    refetchInterval: 60_000,
  });
}

/** One's own answer with all that was said about it. */
export function answerQuery(assignment: number) {
  return queryOptions({
    queryKey: ["feedback", "answer", assignment],
    queryFn: async () =>
      (await unwrap(
        api.GET("/api/assignments/{a}/feedback", { params: { path: { a: assignment } } }),
      )) as AnswerFeedback,
  });
}

export function myQualityQuery(slug: string) {
  return queryOptions({
    queryKey: ["feedback", "mine", slug],
    queryFn: () => unwrap(api.GET("/api/projects/{p}/feedback/mine", { params: { path: { p: slug } } })),
    staleTime: 60_000,
  });
}

export const noteSeen = (assignment: number) =>
  unwrap(api.POST("/api/assignments/{a}/feedback/seen", { params: { path: { a: assignment } } }));

export const reply = (feedback: number, text: string) =>
  unwrap(api.POST("/api/feedback/{f}/reply", { params: { path: { f: feedback } }, body: { text } }));
