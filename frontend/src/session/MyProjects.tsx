/** Home: the projects one is in, and how far one's work there is. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import { useMe } from "../api/session";
import type { MyProgress, MyProject } from "../api/types";
import { Empty } from "../shared/Empty";
import { formatNumber } from "../shared/format";
import { TopBar } from "../shared/TopBar";
import { useTitle } from "../shared/useTitle";
import "./session.css";

export function MyProjects() {
  const { t } = useTranslation();
  const me = useMe();
  useTitle(t("home.title"));
  const canCreate = me.is_admin || me.role === "researcher";
  const projects = useVisibleProjects();
  return (
    <div className="app">
      <TopBar />
      <main className="screen">
        <div className="inner">
          <div className="row">
            <h1 className="title grow">{t("home.title")}</h1>
            {canCreate && (
              <Link className="btn primary" to="/projects/new">
                {t("home.new_project")}
              </Link>
            )}
          </div>
          {projects.length === 0 ? (
            <Empty title={t("home.none")}>{t(canCreate ? "home.none_create" : "home.none_ask")}</Empty>
          ) : (
            <ul className="projects">
              {projects.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </ul>
          )}
        </div>
      </main>
    </div>
  );
}

/** One's own projects; an administrator sees all. */
function useVisibleProjects(): Pick<MyProject, "id" | "slug" | "name" | "role">[] {
  const me = useMe();
  const all = useQuery({
    queryKey: ["projects"],
    queryFn: () => unwrap(api.GET("/api/projects")),
    enabled: me.is_admin,
  }).data;
  return (all as MyProject[] | undefined) ?? me.projects;
}

function ProjectCard({ project }: { project: MyProject }) {
  const { t } = useTranslation();
  const params = { slug: project.slug };
  const { role } = project;
  const progress = useQuery({
    queryKey: ["progress", "mine", project.slug],
    queryFn: () =>
      unwrap(api.GET("/api/projects/{p}/progress/mine", { params: { path: { p: project.slug } } })),
    staleTime: 0, // others review meanwhile
  }).data;
  const isReviewed = progress?.has_rubric === true;
  return (
    <li className="card">
      <div>
        <h2 dir="auto">{project.name}</h2>
        <span className="meta">{t(`roles.${role}`)}</span>
      </div>
      {progress && (
        <div className="ctl">
          <Waiting role={role} progress={progress} />
          {progress.to_redo > 0 && (
            <p>
              <Link className="chip redo" to="/p/$slug/feedback" params={params} search={{}}>
                {t("home.to_redo", { count: progress.to_redo, formatted: formatNumber(progress.to_redo) })}
              </Link>
            </p>
          )}
          <p className="meta">
            {t("home.project", {
              done: formatNumber(progress.project_done),
              total: formatNumber(progress.project_total),
            })}
          </p>
        </div>
      )}
      <div className="row">
        {role !== "annotator" && (
          <Link className="btn" to="/p/$slug" params={params}>
            {t("home.open")}
          </Link>
        )}
        {role !== "auditor" && (
          <Link className="btn" to="/p/$slug/annotate" params={params}>
            {t("home.annotate")}
          </Link>
        )}
        {role !== "annotator" && isReviewed && (
          <Link className="btn" to="/p/$slug/review" params={params}>
            {t("nav.review")}
          </Link>
        )}
        {role !== "auditor" && (
          <Link className="btn quiet" to="/p/$slug/mine" params={params}>
            {t("home.mine")}
          </Link>
        )}
      </div>
    </li>
  );
}

/** What waits for a reviewer; and how much was done today, for whoever annotates. */
function Waiting({ role, progress }: { role: MyProject["role"]; progress: MyProgress }) {
  const { t } = useTranslation();
  const { to_review: count, today, goal, total } = progress;
  const annotates = role === "annotator" || (role === "researcher" && total > 0);
  return (
    <>
      {count !== null && progress.has_rubric && (
        <p>{t("home.to_review", { count, formatted: formatNumber(count) })}</p>
      )}
      {annotates && <p>{t("home.today", { today: formatNumber(today), goal: formatNumber(goal) })}</p>}
    </>
  );
}
