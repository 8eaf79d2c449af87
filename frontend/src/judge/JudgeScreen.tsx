/** Judges: run one, see what its verdicts are worth beside people's, and how much of the work is reviewed. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { readModels } from "../api/researcher";
import "../locales/judge";
import { JobCard } from "../projects/JobCard";
import { useJobs } from "../projects/jobs";
import { useProject } from "../projects/useProject";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import "../shared/researcher.css";
import { CoverageCard } from "./CoverageCard";
import { JudgeCardView } from "./JudgeCardView";
import { JudgeList } from "./JudgeList";
import "./judge.css";
import { RunCard } from "./RunCard";
import { readJudges } from "./requests";

export function JudgeScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const params = { slug: project.slug };
  return (
    <main className="page" id="main" tabIndex={-1}>
      <div className="page-head">
        <h1>{t("judge.title")}</h1>
        <span className="meta">{t("judge.what")}</span>
        <span className="grow" />
        <Link className="btn" to="/p/$slug/rubric" params={params}>
          {t("judge.to_rubric")}
        </Link>
      </div>
      {project.rubric_version === 0 ? (
        <section className="card">
          <Empty
            title={t("judge.no_rubric")}
            action={
              <Link className="btn primary" to="/p/$slug/rubric" params={params}>
                {t("judge.write_rubric")}
              </Link>
            }
          >
            {t("judge.no_rubric_why")}
          </Empty>
        </section>
      ) : (
        <Judges slug={project.slug} />
      )}
    </main>
  );
}

function Judges({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { judge?: number };
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const jobs = useJobs(slug);
  const judges = useQuery({
    queryKey: ["judges", slug],
    queryFn: () => readJudges(slug),
    staleTime: 0,
  });
  const nameOf = (id: unknown) => models.data?.find((model) => model.id === Number(id))?.name ?? null;
  const run = jobs.data?.filter((job) => job.kind === "judge").sort((one, other) => other.id - one.id)[0];
  const chosen = judges.data?.find(({ id }) => id === search.judge) ?? judges.data?.[0];
  return (
    <>
      <ErrorNote
        error={models.error ?? jobs.error ?? judges.error}
        onRetry={() => void Promise.all([models.refetch(), jobs.refetch(), judges.refetch()])}
      />
      <div className="c4 stack">{models.data && <RunCard models={models.data} jobs={jobs.data ?? []} />}</div>
      <div className="c8 stack">
        {run && <JobCard key={run.id} slug={slug} job={run} model={nameOf(run.config.model)} />}
        {judges.data?.length === 0 && (
          <section className="card">
            <Empty title={t("judge.none")}>{t("judge.none_why")}</Empty>
          </section>
        )}
        {judges.data && judges.data.length > 0 && (
          <JudgeList
            judges={judges.data}
            chosen={chosen?.id ?? null}
            onChoose={(judge) =>
              void navigate({ to: "/p/$slug/judge", params: { slug }, search: { judge }, replace: true })
            }
          />
        )}
        <CoverageCard slug={slug} />
      </div>
      {chosen && <JudgeCardView key={chosen.id} slug={slug} id={chosen.id} />}
    </>
  );
}
