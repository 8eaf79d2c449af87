/** A run of the judge: what it judges and how, what that would take, and its start. */
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { startJob } from "../api/researcher";
import type { Job, Model } from "../api/researcher_types";
import { ModelField } from "../models/ModelField";
import { SectionSwitches } from "../models/SectionSwitches";
import { isActive, useFollow } from "../projects/jobs";
import { formatUsd, formatWhen, inWords } from "../projects/quantities";
import { useProject } from "../projects/useProject";
import { HARSHNESS } from "../rubric/HarshnessField";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatNumber } from "../shared/format";
import { Switch } from "../shared/Switch";
import { type RunChoices, runOf } from "./figures";
import { estimateJudging } from "./requests";
import type { Estimate } from "./types";

const SCOPES = ["waiting", "all", "labels"] as const;

export function RunCard({ models, jobs }: { models: Model[]; jobs: Job[] }) {
  const { t } = useTranslation();
  const last = jobs.filter((job) => job.kind === "judge").sort((one, other) => other.id - one.id)[0];
  const first =
    models.find(({ id }) => id === Number(last?.config.model)) ??
    models.find(({ provider }) => provider !== "replay") ??
    models[0];
  if (first === undefined)
    return (
      <section className="card">
        <Empty
          title={t("models.none")}
          action={
            <Link className="btn primary" to="/models">
              {t("models.add")}
            </Link>
          }
        >
          {t("judge.no_model_why")}
        </Empty>
      </section>
    );
  return <Run models={models} jobs={jobs} begin={first.id} />;
}

function Run({ models, jobs, begin }: { models: Model[]; jobs: Job[]; begin: number }) {
  const { t } = useTranslation();
  const { slug } = useProject();
  const follow = useFollow(slug);
  const [choices, setChoices] = useState<RunChoices>({
    model: begin,
    scope: "waiting",
    labelsOf: null,
    harshness: {},
    off: [],
    cap: "",
    retry: false,
  });
  const set = (changes: Partial<RunChoices>) => setChoices({ ...choices, ...changes });
  const run = runOf(choices);
  const asked = useDeferredValue(run);
  const estimate = useQuery({
    queryKey: ["judging-estimate", slug, asked],
    queryFn: () => estimateJudging(slug, asked),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const start = useMutation({
    mutationFn: () => startJob(slug, { kind: "judge", ...run }),
    onSuccess: follow,
  });
  const runs = jobs.some((job) => job.kind === "judge" && isActive(job));
  const isEmpty = estimate.data?.answers === 0;
  return (
    <section className="card" aria-labelledby="run">
      <header>
        <h2 id="run">{t("judge.run")}</h2>
      </header>
      <div className="pad">
        <ModelField models={models} model={choices.model} onChange={(model) => set({ model })} />
        <Scope {...{ choices, set, jobs, models }} />
        <Harshness {...{ choices, set }} />
        <Sections {...{ choices, set }} />
        <FormRow label={t("bench.cap")} help={t("bench.cap_help")}>
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              step="any"
              {...tied}
              value={choices.cap}
              onChange={(event) => set({ cap: event.target.value })}
            />
          )}
        </FormRow>
        <Switch isOn={choices.retry} onChange={(retry) => set({ retry })}>
          {t("judge.retry")}
        </Switch>
        <div role="status">{estimate.data && <Takes estimate={estimate.data} />}</div>
        <ErrorNote error={start.error ?? estimate.error} />
        <div className="actions end">
          <span className="meta grow">{runs && t("judge.one_runs")}</span>
          <Button
            look="primary"
            disabled={start.isPending || estimate.isError || isEmpty}
            onClick={() => start.mutate()}
          >
            {t("judge.start")}
          </Button>
        </div>
      </div>
    </section>
  );
}

interface ChoiceProps {
  choices: RunChoices;
  set: (changes: Partial<RunChoices>) => void;
}

function Scope({ choices, set, jobs, models }: ChoiceProps & { jobs: Job[]; models: Model[] }) {
  const { t } = useTranslation();
  const labeled = labelRuns(jobs);
  return (
    <fieldset className="stack">
      <legend className="q ctl">{t("judge.scope")}</legend>
      <div className="stack tight">
        {SCOPES.map((scope) => (
          <label key={scope} className="switch">
            <input
              className="pick"
              type="radio"
              name="scope"
              checked={choices.scope === scope}
              disabled={scope === "labels" && labeled.length === 0}
              onChange={() => set({ scope, labelsOf: choices.labelsOf ?? labeled[0]?.version ?? null })}
            />
            <span>{t(`judge.scope_${scope}`)}</span>
          </label>
        ))}
      </div>
      <p className="meta">{t(labeled.length === 0 ? "judge.no_labels" : `judge.about_${choices.scope}`)}</p>
      {choices.scope === "labels" && (
        <FormRow label={t("judge.labels_of")}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={choices.labelsOf ?? ""}
              onChange={(event) => set({ labelsOf: Number(event.target.value) })}
            >
              {labeled.map(({ version, job }) => (
                <option key={version} value={version}>
                  {t("judge.labels_by", {
                    model:
                      models.find(({ id }) => id === Number(job.config.model))?.name ?? t("job.some_model"),
                    at: formatWhen(job.created_at),
                  })}
                </option>
              ))}
            </select>
          )}
        </FormRow>
      )}
    </fieldset>
  );
}

/** The runs that pre-annotated, the newest of each prompt version first. */
function labelRuns(jobs: Job[]): { version: number; job: Job }[] {
  const found = new Map<number, Job>();
  for (const job of [...jobs].sort((one, other) => other.id - one.id)) {
    const version = job.config.prompt_version_id;
    if (job.kind === "preannotate" && typeof version === "number" && !found.has(version))
      found.set(version, job);
  }
  return [...found].map(([version, job]) => ({ version, job }));
}

function Harshness({ choices, set }: ChoiceProps) {
  const { t } = useTranslation();
  const { rubrics } = useProject();
  const own = Object.keys(choices.harshness).length;
  const change = (part: string, value: string) => {
    const { [part]: _, ...rest } = choices.harshness;
    set({ harshness: value === "" ? rest : { ...rest, [part]: Number(value) } });
  };
  return (
    <details className="templates">
      <summary className="ctl">
        {t("judge.harshness")} {own > 0 && <span className="chip">{t("bench.changed")}</span>}
      </summary>
      <p className="meta">{t("judge.harshness_help")}</p>
      {rubrics.flatMap(({ criteria, errors }) =>
        [...criteria, ...errors].map(({ name, title, harshness }) => (
          <FormRow key={name} label={<span dir="auto">{title}</span>}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={choices.harshness[name] ?? ""}
                onChange={(event) => change(name, event.target.value)}
              >
                <option value="">
                  {t("judge.as_rubric", { words: t(`rubric.harshness_${harshness}`) })}
                </option>
                {HARSHNESS.map((each) => (
                  <option key={each} value={each}>
                    {t(`rubric.harshness_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        )),
      )}
    </details>
  );
}

function Sections({ choices, set }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <details className="templates">
      <summary className="ctl">
        {t("bench.sections")} {choices.off.length > 0 && <span className="chip">{t("bench.changed")}</span>}
      </summary>
      <SectionSwitches off={choices.off} onChange={(off) => set({ off })} />
    </details>
  );
}

function Takes({ estimate }: { estimate: Estimate }) {
  const { t } = useTranslation();
  if (estimate.answers === 0) return <p className="ctl">{t("judge.nothing_to_judge")}</p>;
  const rows = {
    answers: formatNumber(estimate.answers),
    calls: formatNumber(estimate.calls),
    seconds: estimate.seconds === null ? t("job.unknown") : inWords(estimate.seconds),
    cost: estimate.cost_usd === null ? t("job.unknown") : formatUsd(estimate.cost_usd),
  };
  return (
    <>
      <dl className="stats">
        {(["answers", "calls", "seconds", "cost"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`judge.takes_${name}`)}</dt>
            <dd>{rows[name]}</dd>
          </div>
        ))}
      </dl>
      <p className="meta">{t("judge.takes_note")}</p>
    </>
  );
}
