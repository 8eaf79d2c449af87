/** Storing what a person says of what a model made. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import type { components } from "../api/schema";
import type { Whole } from "../api/types";
import type { Said } from "./types";

/** What is rated; the criterion or error of a verdict or check is its part. */
export type Rated = Pick<Whole<components["schemas"]["RatingInput"]>, "rated" | "target" | "part">;

const NOTHING = { thumb: null, complaints: [], note: "" };
let last: Promise<unknown> = Promise.resolve();

/** One after the other: of two quick presses the second one counts. */
export function putRating(assignment: number, rated: Rated, said: Said): Promise<unknown> {
  const params = { path: { a: assignment } };
  const body = { ...rated, ...(said ?? NOTHING) };
  const stored = last.then(() => unwrap(api.PUT("/api/assignments/{a}/ratings", { params, body })));
  last = stored.catch(() => undefined);
  return stored;
}

/** One's own ratings of what models made for an item. */
export const ratingsOf = (assignment: number) =>
  queryOptions({
    queryKey: ["ratings", "own", assignment],
    queryFn: () => unwrap(api.GET("/api/assignments/{a}/ratings", { params: { path: { a: assignment } } })),
  });
