/** What would leave, in which format; then the job, its ledger, and the files of before. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readExportCounts, readExports, startJob } from "../api/researcher";
import type { Export, ExportCounts, ExportOptions } from "../api/researcher_types";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatMoment, formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import "../shared/researcher.css";
import { Switch } from "../shared/Switch";
import "./export.css";
import { leaving, ledgerLines } from "./ledger";
import { JobCard } from "./JobCard";
import { isActive, jobsQuery } from "./jobs";
import { formatBytes } from "./quantities";
import { useProject } from "./useProject";

export function ExportScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const { slug } = project;
  const counts = useQuery({ queryKey: ["export-counts", slug], queryFn: () => readExportCounts(slug) });
  const exports = useQuery({ queryKey: ["exports", slug], queryFn: () => readExports(slug) });
  const jobs = useQuery(jobsQuery(slug));
  const running = jobs.data?.find((job) => job.kind === "export" && (isActive(job) || job.state === "failed"));
  const shown = running && !exports.data?.some((each) => each.job_id !== null && each.job_id > running.id) ? running : null;
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <div className="inner">
        <h1 className="title">{t("export.title")}</h1>
        <ErrorNote error={counts.error} onRetry={() => void counts.refetch()} />
        {counts.data && <Order slug={slug} counts={counts.data} />}
        {shown && <JobCard key={shown.id} slug={slug} job={shown} model={null} />}
        <h2 className="q">{t("export.before")}</h2>
        <ErrorNote error={exports.error} onRetry={() => void exports.refetch()} />
        {exports.data?.length === 0 && (
          <section className="card">
            <Empty
              title={t("export.none")}
              action={
                <Link className="btn" to="/p/$slug/data" params={{ slug }}>
                  {t("export.see_items")}
                </Link>
              }
            >
              {t("export.none_why")}
            </Empty>
          </section>
        )}
        {exports.data?.map((each) => (
          <Written key={each.id} written={each} />
        ))}
      </div>
    </main>
  );
}

function Order({ slug, counts }: { slug: string; counts: ExportCounts }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [options, setOptions] = useState<ExportOptions>({
    format: "jsonl",
    include_unreviewed: true,
    include_surplus: false,
    include_rejected: false,
  });
  const start = useMutation({
    mutationFn: () => startJob(slug, { kind: "export", ...options }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["jobs", slug] }),
  });
  const total = leaving(counts, options);
  return (
    <section className="card" aria-labelledby="order">
      <header>
        <h2 id="order">{t("export.what_leaves")}</h2>
      </header>
      <div className="pad">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("export.state")}</th>
              <th scope="col">{t("export.meaning")}</th>
              <th scope="col" className="num">
                {t("export.answers")}
              </th>
              <th scope="col">{t("export.leaves")}</th>
            </tr>
          </thead>
          <tbody>
            {ledgerLines(counts, options).map((line) => (
              <tr key={line.state}>
                <th scope="row">{t(`export.state_${line.state}`)}</th>
                <td className="meta">{t(`export.about_${line.state}`)}</td>
                <td className="num">{formatNumber(line.count)}</td>
                <td>
                  <span className={line.leaves ? "state pass" : "state quiet"}>
                    <Icon name={line.leaves ? "check" : "minus"} />
                    {t(line.leaves ? "export.yes" : "export.no")}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="export-options">
          <fieldset>
            <legend className="ctl q">{t("export.format")}</legend>
            <div className="seg">
              {(["jsonl", "csv"] as const).map((format) => (
                <label key={format}>
                  <input
                    type="radio"
                    name="format"
                    checked={options.format === format}
                    onChange={() => setOptions({ ...options, format })}
                  />
                  {format.toUpperCase()}
                </label>
              ))}
            </div>
            <p className="meta">{t(`export.about_${options.format}`)}</p>
          </fieldset>
          <fieldset className="stack">
            <legend className="ctl q">{t("export.also")}</legend>
            {(["include_unreviewed", "include_rejected", "include_surplus"] as const).map((name) => (
              <Switch key={name} isOn={options[name]} onChange={(isOn) => setOptions({ ...options, [name]: isOn })}>
                {t(`export.${name}`)}
              </Switch>
            ))}
          </fieldset>
        </div>
        <ErrorNote error={start.error} />
        <div className="actions end">
          <span className="meta grow">{t("export.consistent")}</span>
          <Button look="primary" icon="download" disabled={total === 0 || start.isPending} onClick={() => start.mutate()}>
            {t("export.start", { count: total, formatted: formatNumber(total) })}
          </Button>
        </div>
      </div>
    </section>
  );
}

function Written({ written }: { written: Export }) {
  const { t } = useTranslation();
  const numbers = Object.entries(written.ledger).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return (
    <section className="card" aria-label={t("export.of", { at: formatMoment(written.created_at) })}>
      <header>
        <h2>{formatMoment(written.created_at)}</h2>
        <span className="chip line">{written.format.toUpperCase()}</span>
        <span className="meta">{formatBytes(written.bytes)}</span>
        <span className="grow" />
        <a className="btn sm" href={`/api/exports/${written.id}/file`} download>
          <Icon name="download" small /> {t("export.download")}
        </a>
      </header>
      <div className="pad">
        <dl className="stats">
          {numbers.map(([name, count]) => (
            <div key={name}>
              <dt>{t(`export.ledger_${name}`, { defaultValue: name })}</dt>
              <dd>{formatNumber(count)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
