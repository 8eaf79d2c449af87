/** Jobs as screens follow them: polled each second while they run. */
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { readJobs } from "../api/researcher";
import type { Job } from "../api/researcher_types";

const POLL_MS = 1000;

export function isActive(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running";
}

function jobsQuery(slug: string) {
  return queryOptions({
    queryKey: ["jobs", slug],
    queryFn: () => readJobs(slug),
    refetchInterval: (query) => (query.state.data?.some(isActive) ? POLL_MS : false),
  });
}

/** The project's newest jobs; whatever a job changes is read anew when it ends. */
export function useJobs(slug: string, enabled = true) {
  const queries = useQueryClient();
  const jobs = useQuery({ ...jobsQuery(slug), enabled });
  const active = (jobs.data ?? []).filter(isActive).map(({ id }) => id);
  const before = useRef<number[]>([]);
  useEffect(() => {
    const hasEnded = before.current.some((id) => !active.includes(id));
    before.current = active;
    if (!hasEnded) return;
    for (const key of CHANGED_BY_JOBS) void queries.invalidateQueries({ queryKey: [key, slug] });
    void queries.invalidateQueries({ queryKey: ["models"] }); // a run measures its model
  });
  return jobs;
}

const CHANGED_BY_JOBS = [
  "progress",
  "items",
  "imports",
  "exports",
  "export-counts",
  "preselection",
  "judges",
  "judge",
  "judging-estimate",
  "coverage",
  "rubric-versions",
];

/** Put a job that was just started among the others, so that it is followed from its first moment. */
export function useFollow(slug: string): (job: Job) => void {
  const queries = useQueryClient();
  return (job) => {
    const others = (jobs: Job[] = []) => jobs.filter(({ id }) => id !== job.id);
    queries.setQueryData(jobsQuery(slug).queryKey, (jobs) => [job, ...others(jobs)]);
  };
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
