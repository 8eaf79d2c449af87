/** A job and how far it is: progress, rate, cost against its cap, what went wrong, cancel and resume. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelJob, readFailures, resumeJob } from "../api/researcher";
import type { Job } from "../api/researcher_types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { TableScroll } from "../shared/TableScroll";
import { finalCost, isActive, shareDone, useFollow } from "./jobs";
import { formatUsd, formatWhen, inWords } from "./quantities";

const ASKS_A_MODEL: ReadonlySet<string> = new Set(["preannotate", "bench", "judge", "probe"]);

interface Props {
  slug: string;
  job: Job;
  model: string | null;
  className?: string;
}

export function JobCard({ slug, job, model, className }: Props) {
  const { t } = useTranslation();
  const follow = useFollow(slug);
  const act = useMutation({
    mutationFn: (run: (id: number) => Promise<Job>) => run(job.id),
    onSuccess: follow,
  });
  const title = t(`job.title_${job.kind}`, { model: model ?? t("job.some_model") });
  return (
    <section className={`card ${className ?? ""}`} aria-label={title}>
      <header>
        <Mark of={ASKS_A_MODEL.has(job.kind) ? "model" : "person"} />
        <h2 dir="auto">{title}</h2>
        <span className="meta">{stateText(job)}</span>
        <span className="grow" />
        {isActive(job) && (
          <Button small disabled={act.isPending} onClick={() => act.mutate(cancelJob)}>
            {t("job.cancel")}
          </Button>
        )}
        {(job.state === "cancelled" || job.state === "failed") && (
          <Button small disabled={act.isPending} onClick={() => act.mutate(resumeJob)}>
            {t("job.resume")}
          </Button>
        )}
      </header>
      <div className="pad">
        <JobProgress job={job} />
        {act.isError && <ErrorNote error={act.error} />}
        {job.error && (
          <p className="note redo" dir="auto">
            <Icon name="warning" />
            <span>{job.error}</span>
          </p>
        )}
        <Troubles job={job} />
        {(job.kind === "preannotate" || job.kind === "judge") && (
          <p className="meta">{t("job.never_paid_twice")}</p>
        )}
      </div>
    </section>
  );

  function stateText(now: Job): string {
    if (now.state === "running" && now.started_at)
      return t("job.started", { at: formatWhen(now.started_at) });
    if (now.ended_at) return t(`job.ended_${now.state}`, { at: formatWhen(now.ended_at) });
    return t(`job.state_${now.state}`);
  }
}

/** The bar and the figures alone, for screens that have a frame of their own. */
export function JobProgress({ job }: { job: Job }) {
  const { t } = useTranslation();
  const share = shareDone(job);
  const cap = job.cost_cap_usd;
  const last = finalCost(job);
  return (
    <>
      <div className="row">
        <span
          className="bar wide-bar grow"
          style={{ "--v": `${share * 100}%` } as React.CSSProperties}
          role="progressbar"
          aria-label={t("job.done")}
          aria-valuenow={job.done}
          aria-valuemin={0}
          aria-valuemax={Math.max(job.total, 1)}
        >
          <i />
        </span>
        <b className="ctl num" style={{ minInlineSize: 52 }}>
          {formatPercent(share)}
        </b>
      </div>
      <dl className="stats">
        <div>
          <dt>{t("job.done")}</dt>
          {isActive(job) && job.total === 0 ? (
            <dd>{t("job.waiting")}</dd>
          ) : (
            <dd>
              {formatNumber(job.done)} <small>{t("job.of", { total: formatNumber(job.total) })}</small>
            </dd>
          )}
        </div>
        {job.rate_per_second !== null && isActive(job) && (
          <div>
            <dt>{t("job.rate")}</dt>
            <dd>
              {formatNumber(Math.round(job.rate_per_second * 10) / 10)} <small>{t("job.a_second")}</small>
            </dd>
          </div>
        )}
        {job.kind !== "export" && job.kind !== "import" && (
          <div>
            <dt>{t("job.cost")}</dt>
            <dd>
              {formatUsd(job.cost_usd)}{" "}
              {cap !== null && <small>{t("job.of_cap", { cap: formatUsd(cap) })}</small>}
              {cap !== null && cap > 0 && (
                <span
                  className="bar ink"
                  role="img"
                  aria-label={t("job.share_of_cap", { share: formatPercent(job.cost_usd / cap) })}
                  style={
                    {
                      "--v": `${Math.min(100, (job.cost_usd / cap) * 100)}%`,
                      inlineSize: "100%",
                      blockSize: 4,
                    } as React.CSSProperties
                  }
                >
                  <i />
                </span>
              )}
            </dd>
          </div>
        )}
        {isActive(job) && (
          <div>
            <dt>{t("job.ends")}</dt>
            <dd>
              {job.remaining_seconds === null
                ? t("job.unknown")
                : t("job.in", { time: inWords(job.remaining_seconds) })}{" "}
              {last !== null && <small>{t("job.at_about", { cost: formatUsd(last) })}</small>}
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}

/** Replies that gave no suggestion, with the way to each of them. */
function Troubles({ job }: { job: Job }) {
  const { t } = useTranslation();
  const [isOpen, open] = useState(false);
  const troubles = job.failed + job.unreadable;
  if (!ASKS_A_MODEL.has(job.kind)) return null;
  const isJudge = job.kind === "judge";
  return (
    <>
      {troubles > 0 && (
        <p className="row ctl">
          <span className="warn">
            <Icon name="warning" />
          </span>
          <span className="grow">
            {t(isJudge ? "job.no_verdicts" : "job.troubles", {
              count: troubles,
              unreadable: formatNumber(job.unreadable),
              failed: formatNumber(job.failed),
            })}
          </span>
          <Button look="quiet" small onClick={() => open(true)}>
            {t("job.open_troubles", { count: troubles })}
          </Button>
        </p>
      )}
      {job.abstained > 0 && (
        <p className="meta">
          {t(isJudge ? "job.uncertain" : "job.abstained", {
            count: job.abstained,
            share: formatPercent(job.abstained / Math.max(1, job.done)),
          })}
        </p>
      )}
      {isOpen && <FailuresDialog job={job} onClose={() => open(false)} />}
    </>
  );
}

function FailuresDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const { t } = useTranslation();
  const failures = useQuery({
    queryKey: ["failures", job.id, job.failed + job.unreadable],
    queryFn: () => readFailures(job.id),
  });
  return (
    <Dialog title={t(job.kind === "judge" ? "job.without_verdict" : "job.failures")} onClose={onClose} wide>
      <ErrorNote error={failures.error} onRetry={() => void failures.refetch()} />
      <TableScroll label={t("job.failures")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("job.item")}</th>
              <th scope="col">{t("job.question")}</th>
              <th scope="col">{t("job.what")}</th>
              <th scope="col">{t("job.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {failures.data?.map((failure) => (
              <tr key={`${failure.item} ${failure.question} ${failure.option}`}>
                <th scope="row" className="mono">
                  {failure.external_id}
                </th>
                <td>{[failure.question, failure.option].filter(Boolean).join(": ")}</td>
                <td>{t(`job.status_${failure.status}`)}</td>
                <td dir="auto">{failure.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </Dialog>
  );
}
