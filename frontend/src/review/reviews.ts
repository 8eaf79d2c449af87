/** What the review screen asks of the server. */
import { fetchInSession } from "../api/client";
import { errorOf } from "../api/error";
import type { Agreement, Finding, JudgeOpinion, NextReview, Status } from "./types";

export interface StoredReview {
  client_id: string;
  revision: number;
  rubric_version: number;
  findings: Finding[];
  agreements: Record<string, Agreement>;
  note: string;
  active_ms: number;
}
export interface ReviewReply {
  decision: { status: Status; by: string } | null;
  state: string;
}
export type ListFilter = "all" | "due" | "passed" | "redo";
export interface ReviewEntry {
  assignment: number;
  item: { id: number; external_id: string; excerpt: string };
  state: string;
  review: "none" | "due" | "passed" | "redo";
  revision: number | null;
  status: Status | null;
  by: "judge" | "auditor" | "researcher" | null;
  decided_at: string | null;
  is_own: boolean;
  can_review: boolean;
}
export interface Calibration {
  total: number;
  reviewers: { name: string; done: number; agreement: number | null }[];
  parts: { part: string; agreement: number | null }[];
}

export const nextReview = (slug: string, assignment?: number) =>
  call<NextReview>("POST", `projects/${slug}/review/next`, assignment === undefined ? {} : { assignment });

export const revealJudge = (assignment: number, revision: number, findings: Finding[]) =>
  call<JudgeOpinion | null>("POST", `assignments/${assignment}/review/reveal`, { revision, findings });

export const storeReview = (assignment: number, review: StoredReview) =>
  call<ReviewReply>("POST", `assignments/${assignment}/feedback`, review);

export const releaseReview = (assignment: number) =>
  call<null>("POST", `assignments/${assignment}/review/release`);

export const listReviews = (slug: string, status: ListFilter) =>
  call<{ items: ReviewEntry[]; next_cursor: string | null }>(
    "GET",
    `projects/${slug}/review/list?status=${status}`,
  );

export const readCalibration = (slug: string) =>
  call<Calibration>("GET", `projects/${slug}/review/calibration`);

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
