/** What the review screen asks of the server. */
import { api, unwrap } from "../api/client";
import type { Finding, ListFilter, StoredReview } from "./types";

const inProject = (slug: string) => ({ path: { p: slug } });
const of = (assignment: number) => ({ path: { a: assignment } });

export const nextReview = (slug: string, assignment?: number) =>
  unwrap(api.POST("/api/projects/{p}/review/next", { params: inProject(slug), body: { assignment } }));

export const revealJudge = (assignment: number, revision: number, findings: Finding[]) =>
  unwrap(
    api.POST("/api/assignments/{a}/review/reveal", { params: of(assignment), body: { revision, findings } }),
  );

export const storeReview = (assignment: number, review: StoredReview) =>
  unwrap(api.POST("/api/assignments/{a}/feedback", { params: of(assignment), body: review }));

export const releaseReview = (assignment: number) =>
  unwrap(api.POST("/api/assignments/{a}/review/release", { params: of(assignment) }));

export const listReviews = (slug: string, status: ListFilter) =>
  unwrap(api.GET("/api/projects/{p}/review/list", { params: { ...inProject(slug), query: { status } } }));

export const readCalibration = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/review/calibration", { params: inProject(slug) }));
