/** One's own work in a project, a page at a time. */
import { api, unwrap } from "../api/client";

export const MINE_STATES = ["all", "submitted", "redo", "passed", "skipped", "rejected"] as const;
export type MineState = (typeof MINE_STATES)[number];

/** What only reviews bring about. */
export const REVIEWED_STATES: readonly MineState[] = ["redo", "passed"];

export function mineQuery(slug: string, status: MineState, cursor?: string) {
  return {
    queryKey: ["mine", slug, status, cursor ?? ""],
    queryFn: () =>
      unwrap(
        api.GET("/api/projects/{p}/mine", {
          params: { path: { p: slug }, query: { status, limit: 20, ...(cursor ? { cursor } : {}) } },
        }),
      ),
  };
}
