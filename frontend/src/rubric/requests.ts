/** What the rubric screen asks of the server. */
import { api, unwrap } from "../api/client";
import { changeProject } from "../api/researcher";
import type { ProjectSpec } from "../api/types";
import type { ReviewPolicy, Rubric } from "./types";

const inProject = (slug: string) => ({ path: { p: slug } });

export const readRubricTemplates = () => unwrap(api.GET("/api/rubric-templates"));

export const readRubricVersions = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/rubrics", { params: inProject(slug) }));

export const readRubrics = (slug: string, version: number) =>
  unwrap(api.GET("/api/projects/{p}/rubrics/{v}", { params: { path: { p: slug, v: version } } }));

export const checkRubrics = (slug: string, yaml: string) =>
  unwrap(api.POST("/api/projects/{p}/rubrics/check", { params: inProject(slug), body: { yaml } }));

export const readCalibration = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/review/calibration", { params: inProject(slug) }));

export const drawCalibration = (slug: string, count: number) =>
  unwrap(api.POST("/api/projects/{p}/review/calibration", { params: inProject(slug), body: { count } }));

/** Only what changed is sent: what others changed meanwhile stays. */
export const saveRubrics = (slug: string, rubrics: Rubric[] | null, policy: ReviewPolicy | null) =>
  changeProject(slug, {
    ...(rubrics === null ? {} : { rubrics }),
    ...(policy === null ? {} : { settings: { review: policy } as ProjectSpec["settings"] }),
  });
