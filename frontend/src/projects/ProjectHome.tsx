/** Where the items are, what runs, and what holds the project up. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { changeProject, readModels, readProgress, readSpec } from "../api/researcher";
import type { Job, Progress } from "../api/researcher_types";
import type { Project } from "../api/types";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import "../shared/researcher.css";
import { isWriting } from "../questions/kind";
import { Annotators } from "./Annotators";
import { AnswersADay } from "./AnswersADay";
import { Assistant } from "./Assistant";
import { Flow, type FlowCounts, flowCounts } from "./Flow";
import { GoldAccuracy } from "./GoldAccuracy";
import { JobCard } from "./JobCard";
import { isActive, useJobs } from "./jobs";
import { NextSteps } from "./NextSteps";
import { nextSteps } from "./next_steps";
import { Reviews } from "./Reviews";
import "./home.css";
import { canChange, useProject } from "./useProject";

export function ProjectHome() {
  const project = useProject();
  const mayChange = canChange(project);
  const progress = useQuery({
    queryKey: ["progress", project.slug],
    queryFn: () => readProgress(project.slug),
    refetchInterval: 5000,
  });
  return (
    <main className="page" id="main" tabIndex={-1}>
      <Head project={project} progress={progress.data} mayChange={mayChange} />
      {progress.isError && <ErrorNote error={progress.error} onRetry={() => void progress.refetch()} />}
      {progress.data && <Overview project={project} progress={progress.data} mayChange={mayChange} />}
    </main>
  );
}

function Head({
  project,
  progress,
  mayChange,
}: {
  project: Project;
  progress?: Progress;
  mayChange: boolean;
}) {
  const { t } = useTranslation();
  const params = { slug: project.slug };
  const counts = progress ? flowCounts(progress) : null;
  const labels = counts?.labels ?? 0;
  const hasItems = counts !== null && counts.imported > 0;
  return (
    <div className="page-head">
      <h1 dir="auto">{project.name}</h1>
      <span className="meta">
        {t("project.versions", { guideline: project.guideline_version, schema: project.schema_version })}
      </span>
      <span className="grow" />
      {mayChange && hasItems && (
        <>
          <PauseButton slug={project.slug} />
          <Link className="btn" to="/p/$slug/try" params={params}>
            {t("project.try")}
          </Link>
          <Link className="btn" to="/p/$slug/import" params={params}>
            <Icon name="plus" /> {t("project.import")}
          </Link>
          <Link className="btn" to="/p/$slug/models" params={params}>
            {t("project.preannotate")}
          </Link>
          <Link className={labels > 0 ? "btn primary" : "btn"} to="/p/$slug/export" params={params}>
            <Icon name="download" /> {t("project.export", { count: labels, formatted: formatNumber(labels) })}
          </Link>
        </>
      )}
    </div>
  );
}

function PauseButton({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const spec = useQuery({ queryKey: ["spec", slug], queryFn: () => readSpec(slug) });
  const isPaused = spec.data?.settings.paused ?? false;
  const pause = useMutation({
    mutationFn: () => changeProject(slug, { settings: { paused: !isPaused } as never }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["spec", slug] }),
  });
  if (!spec.data) return null;
  return (
    <Button look="quiet" disabled={pause.isPending} onClick={() => pause.mutate()}>
      {t(isPaused ? "project.resume" : "project.pause")}
    </Button>
  );
}

function Overview({
  project,
  progress,
  mayChange,
}: {
  project: Project;
  progress: Progress;
  mayChange: boolean;
}) {
  const { t } = useTranslation();
  const jobs = useJobs(project.slug, mayChange);
  const spec = useQuery({
    queryKey: ["spec", project.slug],
    queryFn: () => readSpec(project.slug),
    enabled: mayChange,
  });
  const counts = flowCounts(progress);
  const shown = shownJob(jobs.data ?? []);
  const steps = mayChange
    ? nextSteps({
        ...factsOf(counts, progress),
        isPaused: spec.data?.settings.paused ?? false,
        isJobRunning: shown !== null && isActive(shown),
        hasGuideline: project.guideline.sections.length > 0,
        isWriting: isWriting(project.questions),
        hasAssistant: project.assistant !== null,
      })
    : [];
  if (counts.imported === 0)
    return (
      <>
        <section className="card">
          <Empty
            title={t("project.empty_title")}
            action={
              mayChange && (
                <Link className="btn primary" to="/p/$slug/import" params={{ slug: project.slug }}>
                  <Icon name="upload" /> {t("project.empty_action")}
                </Link>
              )
            }
          >
            {t("project.empty_why")}
          </Empty>
        </section>
        {shown && <RunningJob slug={project.slug} job={shown} />}
      </>
    );
  return (
    <>
      <Flow counts={counts} isRunning={shown?.kind === "preannotate" && isActive(shown)} />
      {project.rubric_version > 0 && <Reviews slug={project.slug} counts={progress.reviews} />}
      {mayChange && project.assistant && <Assistant slug={project.slug} model={project.assistant.model} />}
      {shown && <RunningJob slug={project.slug} job={shown} />}
      {mayChange && <NextSteps slug={project.slug} steps={steps} className={shown ? "c5" : ""} />}
      {(mayChange || progress.gold.some(({ n }) => n > 0)) && (
        <GoldAccuracy
          model={measuredIn(jobs.data ?? [])}
          people={progress.gold}
          project={project}
          hasSuggestions={progress.suggestions.items > 0}
          className="c7"
        />
      )}
      <Annotators slug={project.slug} annotators={progress.annotators} className="c5" />
      <AnswersADay days={progress.days} />
    </>
  );
}

function RunningJob({ slug, job }: { slug: string; job: Job }) {
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const model = models.data?.find(({ id }) => id === job.config.model)?.name ?? null;
  return <JobCard key={job.id} className="c7" slug={slug} job={job} model={model} />;
}

/** The job that runs, else the newest pre-annotation: what was done last is what one wants to know. */
function shownJob(jobs: Job[]): Job | null {
  const newest = [...jobs].sort((one, other) => other.id - one.id);
  return newest.find(isActive) ?? newest.find((job) => job.kind === "preannotate") ?? null;
}

/** How right the suggestions of the newest run were on gold, by question. */
function measuredIn(jobs: Job[]): { question: string; right: number; n: number }[] {
  const runs = jobs.filter((job) => job.kind === "preannotate" && job.result?.measured);
  const newest = runs.sort((one, other) => other.id - one.id)[0];
  const measured = (newest?.result?.measured ?? {}) as Record<string, { right: number; n: number }>;
  return Object.entries(measured).map(([question, { right, n }]) => ({ question, right, n }));
}

function factsOf(counts: FlowCounts, progress: Progress) {
  return {
    imported: counts.imported,
    preannotated: counts.preannotated,
    labeled: counts.annotated,
    rejected: counts.rejected,
    answers: counts.labels,
    exported: counts.exported ?? 0,
    toReview: progress.reviews.waiting,
    openInquiries: progress.open_inquiries,
    failedSuggestions: progress.suggestions.failed + progress.suggestions.unreadable,
    annotators: progress.annotators.length,
  };
}
