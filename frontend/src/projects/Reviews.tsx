/** How many answers wait for a review, were sent back, and passed; only what is decided leaves. */
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Progress } from "../api/researcher_types";
import { formatNumber } from "../shared/format";

export function Reviews({ slug, counts }: { slug: string; counts: Progress["reviews"] }) {
  const { t } = useTranslation();
  const id = useId();
  const { waiting, redo, passed } = counts;
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{t("project.reviews")}</h2>
        <span className="ctl">
          {t("project.review_waiting", { count: waiting, formatted: formatNumber(waiting) })}
        </span>
        {redo > 0 && (
          <span className="chip redo">{t("project.review_redo", { formatted: formatNumber(redo) })}</span>
        )}
        <span className="meta">{t("project.review_passed", { formatted: formatNumber(passed) })}</span>
        <span className="grow" />
        <Link className="btn" to="/p/$slug/review" params={{ slug }}>
          {t("project.go_review")}
        </Link>
      </header>
    </section>
  );
}
