/** What the judge screen asks of the server. */
import { api, unwrap } from "../api/client";
import type { JudgeRun } from "./types";

const inProject = (slug: string) => ({ path: { p: slug } });
const of = (judge: number) => ({ path: { j: judge } });

export const readJudges = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/judges", { params: inProject(slug) }));

export const readJudge = (judge: number) => unwrap(api.GET("/api/judges/{j}", { params: of(judge) }));

export const measureJudge = (judge: number) =>
  unwrap(api.POST("/api/judges/{j}/card", { params: of(judge) }));

export const readCoverage = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/coverage", { params: inProject(slug) }));

export const estimateJudging = (slug: string, run: JudgeRun) =>
  unwrap(api.POST("/api/projects/{p}/judging/estimate", { params: inProject(slug), body: run }));
