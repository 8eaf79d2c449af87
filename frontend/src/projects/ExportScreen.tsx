/** What would leave, in which format; then the job, its ledger, and the files of before. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readExportCounts, readExports, startJob } from "../api/researcher";
import type { Export, ExportCounts, ExportOptions, Ledger } from "../api/researcher_types";
import type { Project } from "../api/types";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import "../shared/researcher.css";
import { Switch } from "../shared/Switch";
import { TableScroll } from "../shared/TableScroll";
import "./export.css";
import { FormatChoice } from "./FormatChoice";
import { isTraining, sentOptions } from "./formats";
import { JobCard } from "./JobCard";
import { isActive, useFollow, useJobs } from "./jobs";
import { addsUp, leaving, ledgerLines } from "./ledger";
import { formatBytes, formatWhen } from "./quantities";
import { useProject } from "./useProject";

export function ExportScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const { slug } = project;
  const counts = useQuery({ queryKey: ["export-counts", slug], queryFn: () => readExportCounts(slug) });
  const exports = useQuery({ queryKey: ["exports", slug], queryFn: () => readExports(slug) });
  const jobs = useJobs(slug);
  const running = jobs.data?.find(
    (job) => job.kind === "export" && (isActive(job) || job.state === "failed"),
  );
  const shown =
    running && !exports.data?.some((each) => each.job !== null && each.job > running.id) ? running : null;
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <div className="inner">
        <h1 className="title">{t("export.title")}</h1>
        <ErrorNote error={counts.error} onRetry={() => void counts.refetch()} />
        {counts.data && <Order project={project} counts={counts.data} />}
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

function Order({ project, counts }: { project: Project; counts: ExportCounts }) {
  const { t } = useTranslation();
  const { slug } = project;
  const follow = useFollow(slug);
  const [options, setOptions] = useState<ExportOptions>({
    format: "jsonl",
    states: ["passed", "submitted"],
    include_unreviewed: true,
    include_unlabeled: false,
    include_edits: false,
    question: null,
    columns: "messages",
    include_provenance: false,
    images: "link",
  });
  const choose = (state: string, leaves: boolean) => {
    const states = leaves ? [...options.states, state] : options.states.filter((other) => other !== state);
    setOptions({ ...options, states, include_unreviewed: states.includes("submitted") });
  };
  const start = useMutation({
    mutationFn: () => startJob(slug, { kind: "export", ...sentOptions(options, counts.training) }),
    onSuccess: follow,
  });
  const total = leaving(counts, options.states);
  return (
    <section className="card" aria-labelledby="order">
      <header>
        <h2 id="order">{t("export.what_leaves")}</h2>
      </header>
      <div className="pad">
        <TableScroll label={t("export.what_leaves")}>
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
              {ledgerLines(counts).map((line) => (
                <tr key={line.state}>
                  <th scope="row">{t(`export.state_${line.state}`)}</th>
                  <td className="meta">{t(`export.about_${line.state}`)}</td>
                  <td className="num">{formatNumber(line.count)}</td>
                  <td>
                    {line.mayLeave ? (
                      <Switch
                        isOn={options.states.includes(line.state)}
                        onChange={(isOn) => choose(line.state, isOn)}
                      >
                        {t(options.states.includes(line.state) ? "export.yes" : "export.no")}
                        <span className="vh"> {t(`export.state_${line.state}`)}</span>
                      </Switch>
                    ) : (
                      <span className="state quiet">
                        <Icon name="minus" />
                        {t("export.never")}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
        <FormatChoice
          project={project}
          fits={counts.training}
          options={options}
          onChange={(changes) => setOptions({ ...options, ...changes })}
        />
        <ErrorNote error={start.error} />
        <div className="actions end">
          <span className="meta grow">{t("export.consistent")}</span>
          <Button
            look="primary"
            icon="download"
            disabled={
              (total === 0 && (!options.include_unlabeled || isTraining(options.format))) || start.isPending
            }
            onClick={() => start.mutate()}
          >
            {t("export.start", { count: total, formatted: formatNumber(total) })}
          </Button>
        </div>
      </div>
    </section>
  );
}

function Written({ written }: { written: Export }) {
  const { t } = useTranslation();
  const { annotations, exported, excluded, exported_unlabeled } = written.ledger;
  return (
    <section className="card" aria-label={t("export.of", { at: formatWhen(written.created_at) })}>
      <header>
        <h2 className="mono">{written.filename}</h2>
        <span className="meta">{formatWhen(written.created_at)}</span>
        <span className="chip line">
          {t(`export.name_${written.format}`, { defaultValue: written.format })}
        </span>
        <span className="meta">{formatBytes(written.bytes)}</span>
        <span className="grow" />
        <a className="btn sm" href={`/api/exports/${written.id}/file`} download>
          <Icon name="download" small /> {t("export.download")}
        </a>
      </header>
      <div className="pad">
        <dl className="stats">
          <div>
            <dt>{t("export.ledger_annotations")}</dt>
            <dd>{formatNumber(annotations)}</dd>
          </div>
          <div>
            <dt>{t("export.ledger_exported")}</dt>
            <dd>{formatNumber(exported)}</dd>
          </div>
          {Object.entries(excluded).map(([reason, count]) => (
            <div key={reason}>
              <dt>
                {t("export.ledger_excluded", {
                  reason: t([`export.state_${reason}`, `export.left_${reason}`], { defaultValue: reason }),
                })}
              </dt>
              <dd>{formatNumber(count)}</dd>
            </div>
          ))}
          {exported_unlabeled > 0 && (
            <div>
              <dt>{t("export.ledger_unlabeled")}</dt>
              <dd>{formatNumber(exported_unlabeled)}</dd>
            </div>
          )}
        </dl>
        {written.ledger.candidates !== undefined && <RowLedger ledger={written.ledger} />}
        <p className={addsUp(written.ledger) ? "meta" : "error-text"}>
          {t(addsUp(written.ledger) ? "export.adds_up" : "export.does_not_add_up", { count: annotations })}
        </p>
      </div>
    </section>
  );
}

/** Where every row that the answers could have given went. */
function RowLedger({ ledger }: { ledger: Ledger }) {
  const { t } = useTranslation();
  const { candidates = 0, rows = 0, sources = {}, left_out = {} } = ledger;
  const figure = (name: string, count: number) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{formatNumber(count)}</dd>
    </div>
  );
  return (
    <dl className="stats" aria-label={t("export.rows")}>
      <div>
        <dt>{t("export.rows")}</dt>
        <dd>
          {formatNumber(rows)}{" "}
          <small>{t("export.of_candidates", { formatted: formatNumber(candidates) })}</small>
        </dd>
      </div>
      {Object.entries(sources).map(([source, count]) =>
        figure(t(`export.source_${source}`, { defaultValue: source }), count),
      )}
      {Object.entries(left_out).map(([reason, count]) =>
        figure(
          t("export.row_left_out", { reason: t(`export.left_${reason}`, { defaultValue: reason }) }),
          count,
        ),
      )}
    </dl>
  );
}
