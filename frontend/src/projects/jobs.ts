/** Jobs as screens follow them: polled each second while they run. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { readJob, readJobs } from "../api/researcher";
import type { Job } from "../api/researcher_types";

const POLL_MS = 1000;

export function isActive(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running";
}

export function jobsQuery(slug: string) {
  return queryOptions({
    queryKey: ["jobs", slug],
    queryFn: () => readJobs(slug),
    refetchInterval: (query) => (query.state.data?.some(isActive) ? POLL_MS : false),
  });
}

export function jobQuery(id: number) {
  return queryOptions({
    queryKey: ["job", id],
    queryFn: () => readJob(id),
    refetchInterval: (query) => (query.state.data && !isActive(query.state.data) ? false : POLL_MS),
  });
}

/** Read the project's counts anew when a job ends. */
export function useRefreshAfter(job: Job | undefined, slug: string): void {
  const queries = useQueryClient();
  const before = useRef(job?.state);
  useEffect(() => {
    const was = before.current;
    before.current = job?.state;
    if (was === undefined || was === job?.state) return;
    for (const key of ["progress", "jobs", "items", "exports", "export-counts", "preselection"])
      void queries.invalidateQueries({ queryKey: [key, slug] });
  }, [job?.state, queries, slug]);
}

/** The share that is done, 0 to 1. */
export function shareDone(job: Pick<Job, "state" | "done" | "total">): number {
  if (job.total === 0) return job.state === "done" ? 1 : 0;
  return Math.min(1, job.done / job.total);
}

/** What it will have cost at the end, at the cost of each unit so far; null before the first. */
export function finalCost(job: Pick<Job, "cost_usd" | "done" | "total">): number | null {
  if (job.done === 0 || job.cost_usd === 0) return null;
  return (job.cost_usd / job.done) * job.total;
}
