/** How much the assistant writes, what people say of it, and the cases they were not content with. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { readReport } from "../assistant/requests";
import { formatNumber, formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";
import { draftsInAll } from "./drafts_in_all";

const KEPT_MS = 60_000;

export function Assistant({ slug, model }: { slug: string; model: string }) {
  const { t } = useTranslation();
  const id = useId();
  const report = useQuery({
    queryKey: ["assistant-report", slug],
    queryFn: () => readReport(slug),
    staleTime: KEPT_MS,
  });
  const inAll = report.data ? draftsInAll(report.data.drafts) : null;
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <Mark of="model" />
        <h2 id={id}>{t("nav.assistant")}</h2>
        <bdi className="meta">{model}</bdi>
        {inAll && (
          <span className="ctl">
            {t("project.drafts", { count: inAll.drafts, formatted: formatNumber(inAll.drafts) })}
          </span>
        )}
        {inAll && inAll.rated > 0 && (
          <span className="ctl">
            {t("project.drafts_helpful", {
              share: formatPercent(inAll.up / inAll.rated),
              formatted: formatNumber(inAll.rated),
            })}
          </span>
        )}
        {inAll && inAll.drafts > 0 && inAll.rated === 0 && (
          <span className="meta">{t("project.drafts_unrated")}</span>
        )}
        <span className="grow" />
        {inAll && inAll.down > 0 && (
          <Link className="btn" to="/p/$slug/assistant" params={{ slug }} search={{ part: "cases" }}>
            {t("project.go_cases", { count: inAll.down, formatted: formatNumber(inAll.down) })}
          </Link>
        )}
        <Link
          className="btn"
          to="/p/$slug/assistant"
          params={{ slug }}
          search={inAll && inAll.drafts > 0 ? { part: "report" } : {}}
        >
          {t("project.go_assistant_report")}
        </Link>
      </header>
    </section>
  );
}
