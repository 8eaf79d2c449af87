/** The project a screen is about, as a query several screens share. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "./client";

export function projectQuery(slug: string) {
  return queryOptions({
    queryKey: ["project", slug],
    queryFn: () => unwrap(api.GET("/api/projects/{p}", { params: { path: { p: slug } } })),
    staleTime: 60_000,
  });
}
