/** How much of the work is reviewed, by whom, and how it came out. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { inWords } from "../projects/quantities";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber, formatPercent } from "../shared/format";
import { BarRows, Chart } from "./Chart";
import { shareOf } from "./figures";
import { readCoverage } from "./requests";
import type { Coverage } from "./types";

const SEEN = ["judged", "audited", "researched", "by_two"] as const;

export function CoverageCard({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const coverage = useQuery({
    queryKey: ["coverage", slug],
    queryFn: () => readCoverage(slug),
    staleTime: 0,
  });
  return (
    <section className="card" aria-labelledby="coverage">
      <header>
        <h2 id="coverage">{t("judge.coverage")}</h2>
        {coverage.data && (
          <span className="meta">{t("judge.answers_in", { count: coverage.data.answers })}</span>
        )}
      </header>
      <div className="pad">
        <ErrorNote error={coverage.error} onRetry={() => void coverage.refetch()} />
        {coverage.data?.answers === 0 && (
          <Empty title={t("judge.no_answers")}>{t("judge.no_answers_why")}</Empty>
        )}
        {coverage.data && coverage.data.answers > 0 && <Figures coverage={coverage.data} />}
      </div>
    </section>
  );
}

function Figures({ coverage }: { coverage: Coverage }) {
  const { t } = useTranslation();
  const { answers, first_pass, redo_rounds, active_ms, decided_by } = coverage;
  const time = (ms: number | null) => (ms === null ? "–" : inWords(ms / 1000));
  const decided = decided_by.judge + decided_by.auditor + decided_by.researcher;
  return (
    <>
      <Chart
        title={t("judge.reviewed")}
        columns={[t("judge.by_whom"), t("judge.answers"), t("judge.share")]}
        rows={SEEN.map((name) => [
          t(`judge.seen_${name}`),
          formatNumber(coverage[name]),
          formatPercent(shareOf(coverage[name], answers)),
        ])}
        chart={
          <BarRows
            rows={SEEN.map((name) => ({
              name: t(`judge.seen_${name}`),
              bars: [
                {
                  of: name === "judged" ? "model" : "person",
                  share: shareOf(coverage[name], answers),
                  text: `${formatPercent(shareOf(coverage[name], answers))} · ${formatNumber(coverage[name])}`,
                  label: t("judge.answers"),
                },
              ],
            }))}
          />
        }
      />
      <dl className="stats">
        {(["passed", "redo", "waiting"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`judge.now_${name}`)}</dt>
            <dd>{formatNumber(coverage[name])}</dd>
          </div>
        ))}
        <div>
          <dt>{t("judge.first_pass")}</dt>
          <dd>
            {first_pass.n === 0 ? "–" : formatPercent(first_pass.passed / first_pass.n)}{" "}
            <small>
              {t("judge.passed_of", {
                passed: formatNumber(first_pass.passed),
                n: formatNumber(first_pass.n),
              })}
            </small>
          </dd>
        </div>
        <div>
          <dt>{t("judge.mean_rounds")}</dt>
          <dd>{redo_rounds.mean === null ? "–" : redo_rounds.mean.toFixed(2)}</dd>
        </div>
        <div>
          <dt>{t("judge.first_time")}</dt>
          <dd>{time(active_ms.first)}</dd>
        </div>
        <div>
          <dt>{t("judge.redo_time")}</dt>
          <dd>{time(active_ms.redo)}</dd>
        </div>
      </dl>
      {decided > 0 && (
        <p className="meta">
          {t("judge.decided_by", {
            judge: formatNumber(decided_by.judge),
            auditor: formatNumber(decided_by.auditor),
            researcher: formatNumber(decided_by.researcher),
          })}
        </p>
      )}
    </>
  );
}
