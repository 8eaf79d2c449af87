/** The project a screen is about, as a query several screens share. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";
import type { Project } from "./types";

export function projectQuery(slug: string) {
  return queryOptions({
    queryKey: ["project", slug],
    queryFn: async () =>
      (await unwrap(api.GET("/api/projects/{p}", { params: { path: { p: slug } } }))) as Project,
    staleTime: 60_000,
  });
}
