/** What the assistant screen asks of the server. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import type {
  AssistantPrompt,
  AssistantReport,
  Example,
  ExampleInput,
  Examples,
  PreviewInput,
  RatedCases,
} from "./types";

const inProject = (slug: string) => ({ path: { p: slug } });

export interface CaseFilter {
  rated: "all" | "draft" | "suggestion" | "verdict" | "check";
  thumb: "all" | "up" | "down";
}

export const previewPrompt = (slug: string, body: PreviewInput): Promise<AssistantPrompt> =>
  unwrap(api.POST("/api/projects/{p}/assistant/preview", { params: inProject(slug), body }));

export const readReport = (slug: string): Promise<AssistantReport> =>
  unwrap(api.GET("/api/projects/{p}/assistant/report", { params: inProject(slug) }));

export const readCases = (slug: string, filter: CaseFilter, cursor: string | null) =>
  unwrap(
    api.GET("/api/projects/{p}/ratings", {
      params: { ...inProject(slug), query: { ...filter, ...(cursor === null ? {} : { cursor }) } },
    }),
  ) as Promise<RatedCases>;

export const readExamples = (slug: string) =>
  unwrap(api.GET("/api/projects/{p}/examples", { params: inProject(slug) })) as Promise<Examples>;

export const addExample = (slug: string, body: ExampleInput) =>
  unwrap(api.POST("/api/projects/{p}/examples", { params: inProject(slug), body })) as Promise<Example>;

export const removeExample = (example: number) =>
  unwrap(api.DELETE("/api/examples/{e}", { params: { path: { e: example } } }));

export function useExamples(slug: string) {
  return useQuery({ queryKey: ["examples", slug], queryFn: () => readExamples(slug), staleTime: 0 });
}
