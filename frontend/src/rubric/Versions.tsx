/** Every version of the rubrics side by side, with what judges achieved under each. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Project } from "../api/types";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatMoment, formatNumber, formatPercent } from "../shared/format";
import { TableScroll } from "../shared/TableScroll";
import { readRubricVersions } from "./requests";
import type { RubricVersionSummary } from "./types";

export function Versions({ project }: { project: Project }) {
  const { t } = useTranslation();
  const versions = useQuery({
    queryKey: ["rubric-versions", project.slug],
    queryFn: () => readRubricVersions(project.slug),
    staleTime: 0,
  });
  if (versions.data?.length === 0)
    return (
      <section className="card">
        <Empty title={t("rubric.no_versions")}>{t("rubric.no_versions_why")}</Empty>
      </section>
    );
  return (
    <>
      <ErrorNote error={versions.error} onRetry={() => void versions.refetch()} />
      {versions.data && (
        <section className="card">
          <TableScroll label={t("rubric.step_versions")}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rubric.version")}</th>
                  <th scope="col">{t("rubric.judged_by")}</th>
                  <th scope="col" className="num">
                    {t("rubric.precision")}
                  </th>
                  <th scope="col" className="num">
                    {t("rubric.recall")}
                  </th>
                  <th scope="col" className="num">
                    {t("rubric.compared")}
                  </th>
                </tr>
              </thead>
              {versions.data.map((version) => (
                <OneVersion key={version.version} version={version} now={project.rubric_version} />
              ))}
            </table>
          </TableScroll>
        </section>
      )}
    </>
  );
}

function OneVersion({ version, now }: { version: RubricVersionSummary; now: number }) {
  const { t } = useTranslation();
  const rows = Math.max(1, version.judges.length);
  return (
    <tbody>
      {Array.from({ length: rows }, (_, place) => {
        const judge = version.judges[place];
        return (
          <tr key={judge?.judge ?? 0}>
            {place === 0 && (
              <th scope="rowgroup" rowSpan={rows} className="version-head">
                <b className="q">
                  {t(version.version === now ? "builder.version_now" : "builder.version_of", {
                    version: version.version,
                  })}
                </b>
                <span className="meta">
                  {formatMoment(version.created_at)}
                  {version.created_by !== null && (
                    <>
                      {" "}
                      · <bdi>{version.created_by}</bdi>
                    </>
                  )}
                </span>
                <span className="meta">{t("rubric.part_count", { count: version.parts.length })}</span>
              </th>
            )}
            {judge ? (
              <>
                <td>
                  <bdi>{judge.model}</bdi> <span className="meta mono">{judge.version.slice(0, 8)}</span>{" "}
                  <span className={judge.binds ? "chip pass" : "chip line"}>
                    {t(judge.binds ? "rubric.binds" : "rubric.advice")}
                  </span>
                </td>
                <td className="num">
                  <bdi>{shareText(judge.precision)}</bdi>
                </td>
                <td className="num">
                  <bdi>{shareText(judge.recall)}</bdi>
                </td>
                <td className="num">{formatNumber(judge.n)}</td>
              </>
            ) : (
              <td colSpan={4} className="meta">
                {t("rubric.no_judge_of_version")}
              </td>
            )}
          </tr>
        );
      })}
    </tbody>
  );
}

function shareText(share: { value: number; low: number; high: number } | null): string {
  if (share === null) return "–";
  return `${formatPercent(share.value)} (${Math.round(share.low * 100)}–${Math.round(share.high * 100)})`;
}
