/** One's own work in a project: labeling, the feedback on it with how much is to be redone, all answers. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { projectQuery } from "../api/project";
import { redoQuery } from "../feedback/requests";
import { formatNumber } from "./format";

export function MyTabs({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const params = { slug };
  const hasReviews = (useQuery(projectQuery(slug)).data?.rubrics.length ?? 0) > 0;
  return (
    <nav className="tabs my-tabs" aria-label={t("nav.my_work")}>
      <Link to="/p/$slug/annotate" params={params} search={{}} activeProps={{ "aria-current": "page" }}>
        {t("nav.label")}
      </Link>
      {hasReviews && (
        <Link to="/p/$slug/feedback" params={params} search={{}} activeProps={{ "aria-current": "page" }}>
          {t("nav.feedback")} <RedoCount slug={slug} />
        </Link>
      )}
      <Link to="/p/$slug/mine" params={params} activeProps={{ "aria-current": "page" }}>
        {t("home.mine")}
      </Link>
    </nav>
  );
}

/** How many answers wait to be redone; nothing for none. */
export function RedoCount({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const { data: project } = useQuery(projectQuery(slug));
  const { data } = useQuery({ ...redoQuery(slug), enabled: (project?.rubrics.length ?? 0) > 0 });
  if (!data || data.counts.redo === 0) return null;
  return (
    <span className="chip redo">
      {formatNumber(data.counts.redo)} <span className="vh">{t("nav.to_redo")}</span>
    </span>
  );
}
