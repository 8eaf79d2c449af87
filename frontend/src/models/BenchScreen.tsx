/** Pre-annotation: try a prompt on ten items, see what it would cost, then start it; and where to preselect. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readBench, readModels, readPrompts, startBench, startJob } from "../api/researcher";
import type { Job, Model, PromptOptions } from "../api/researcher_types";
import { useExamples } from "../assistant/requests";
import "../locales/researcher";
import { JobCard } from "../projects/JobCard";
import { isActive, useFollow, useJobs } from "../projects/jobs";
import { useProject } from "../projects/useProject";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatNumber } from "../shared/format";
import "../shared/researcher.css";
import { Switch } from "../shared/Switch";
import { BenchResult } from "./BenchResult";
import "./models.css";
import { ModelField } from "./ModelField";
import { PreselectionCard } from "./PreselectionCard";
import { SectionSwitches } from "./SectionSwitches";

interface Choices {
  model: number | null;
  off: string[];
  templates: Record<string, string>;
  style: "question" | "option";
  explain: boolean;
  examples: boolean;
  cap: string;
}

export function BenchScreen() {
  const { t } = useTranslation();
  const project = useProject();
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const jobs = useJobs(project.slug);
  const [choices, setChoices] = useState<Choices>({
    model: null,
    off: [],
    templates: {},
    style: "question",
    explain: false,
    examples: false,
    cap: "",
  });
  const running = jobs.data
    ?.filter((job) => job.kind === "preannotate")
    .sort((one, other) => other.id - one.id)[0];
  const bench = jobs.data?.filter((job) => job.kind === "bench").sort((one, other) => other.id - one.id)[0];
  const last = Number((bench ?? running)?.config.model);
  const byId = (id: number | null) => models.data?.find((each) => each.id === id);
  const model = byId(choices.model) ?? byId(last) ?? firstThatRuns(models.data ?? []);
  const nameOf = (job: Job) => byId(Number(job.config.model))?.name ?? null;
  return (
    <main className="page" id="main" tabIndex={-1}>
      <div className="page-head">
        <h1>{t("bench.title")}</h1>
        <span className="meta">{t("bench.what")}</span>
        <span className="grow" />
        <Link className="btn" to="/models">
          {t("bench.models")}
        </Link>
      </div>
      <ErrorNote error={models.error ?? jobs.error} />
      {models.data && model === null ? (
        <section className="card">
          <Empty
            title={t("models.none")}
            action={
              <Link className="btn primary" to="/models">
                {t("models.add")}
              </Link>
            }
          >
            {t("bench.no_model_why")}
          </Empty>
        </section>
      ) : (
        model && (
          <>
            <div className="c4 stack">
              <Prompt
                key={model.id}
                models={models.data ?? []}
                model={model}
                choices={choices}
                onChange={setChoices}
              />
              <PreselectionCard project={project} />
            </div>
            <div className="c8 stack">
              {running && (
                <JobCard key={running.id} slug={project.slug} job={running} model={nameOf(running)} />
              )}
              <Bench
                slug={project.slug}
                job={bench}
                model={bench ? nameOf(bench) : null}
                options={options(model, choices)}
                cap={choices.cap}
              />
            </div>
          </>
        )
      )}
    </main>
  );
}

/** A recording answers only what was recorded, so a model that can be asked anything comes first. */
function firstThatRuns(models: readonly Model[]): Model | null {
  return models.find((each) => each.provider !== "replay") ?? models[0] ?? null;
}

function options(model: Model, choices: Choices): PromptOptions {
  return {
    model: model.id,
    sections: choices.off.length > 0 ? choices.off : null,
    templates: Object.keys(choices.templates).length > 0 ? choices.templates : null,
    style: choices.style,
    explain: choices.explain,
    examples: choices.examples,
  };
}

interface PromptProps {
  models: Model[];
  model: Model;
  choices: Choices;
  onChange: (choices: Choices) => void;
}

/** What is asked, and how. */
function Prompt({ models, model, choices, onChange }: PromptProps) {
  const { t } = useTranslation();
  const set = (changes: Partial<Choices>) => onChange({ ...choices, ...changes });
  return (
    <section className="card" aria-labelledby="prompt">
      <header>
        <h2 id="prompt">{t("bench.prompt")}</h2>
      </header>
      <div className="pad">
        <ModelField
          models={models}
          model={model.id}
          help={model.card?.measured ? undefined : t("bench.not_measured")}
          onChange={(model) => set({ model })}
        />
        <fieldset className="stack">
          <legend className="q ctl">{t("bench.sections")}</legend>
          <div className="sections">
            <SectionSwitches off={choices.off} onChange={(off) => set({ off })} />
          </div>
        </fieldset>
        <fieldset className="stack">
          <legend className="q ctl">{t("bench.style")}</legend>
          <div className="seg soft">
            {(["question", "option"] as const).map((style) => (
              <label key={style}>
                <input
                  type="radio"
                  name="style"
                  checked={choices.style === style}
                  onChange={() => set({ style })}
                />
                {t(`bench.style_${style}`)}
              </label>
            ))}
          </div>
          <p className="meta">{t(`bench.about_${choices.style}`)}</p>
        </fieldset>
        <Switch isOn={choices.explain} onChange={(explain) => set({ explain })}>
          {t("bench.explain")}
        </Switch>
        <ExamplesSwitch isOn={choices.examples} onChange={(examples) => set({ examples })} />
        <Templates own={choices.templates} onChange={(templates) => set({ templates })} />
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
      </div>
    </section>
  );
}

/** Whether the model is shown what became of cases like it. */
function ExamplesSwitch({ isOn, onChange }: { isOn: boolean; onChange: (isOn: boolean) => void }) {
  const { t } = useTranslation();
  const project = useProject();
  const count = useExamples(project.slug).data?.examples.length ?? 0;
  return (
    <div>
      <Switch isOn={isOn} onChange={onChange}>
        {t("bench.examples")}
      </Switch>
      <p className="meta">
        {t("bench.examples_help", { count, formatted: formatNumber(count) })}{" "}
        <Link to="/p/$slug/assistant" params={{ slug: project.slug }} search={{ part: "examples" }}>
          {t("bench.see_examples")}
        </Link>
      </p>
    </div>
  );
}

function Templates({
  own,
  onChange,
}: {
  own: Record<string, string>;
  onChange: (own: Record<string, string>) => void;
}) {
  const { t } = useTranslation();
  const project = useProject();
  const prompts = useQuery({ queryKey: ["prompts", project.slug], queryFn: () => readPrompts(project.slug) });
  return (
    <details className="templates">
      <summary className="ctl">
        {t("bench.templates")}{" "}
        {Object.keys(own).length > 0 && <span className="chip">{t("bench.changed")}</span>}
      </summary>
      <p className="meta">{t("bench.templates_help")}</p>
      <ErrorNote error={prompts.error} />
      {prompts.data?.templates.map((template) => (
        <details key={template.name} className="stack">
          <summary className="ctl">
            {t(`bench.template_${template.name}`)}{" "}
            {own[template.name] !== undefined && <span className="chip">{t("bench.changed")}</span>}
          </summary>
          <textarea
            className="field"
            aria-label={t(`bench.template_${template.name}`)}
            rows={10}
            spellCheck={false}
            value={own[template.name] ?? template.body}
            onChange={(event) =>
              onChange(withTemplate(own, template.name, event.target.value, template.body))
            }
          />
          {own[template.name] !== undefined && (
            <Button
              small
              onClick={() => onChange(withTemplate(own, template.name, template.body, template.body))}
            >
              {t("bench.as_shipped")}
            </Button>
          )}
        </details>
      ))}
    </details>
  );
}

/** An own text that equals the shipped one is no own text. */
function withTemplate(
  own: Record<string, string>,
  name: string,
  text: string,
  shipped: string,
): Record<string, string> {
  const { [name]: _, ...rest } = own;
  return text === shipped ? rest : { ...rest, [name]: text };
}

interface BenchProps {
  slug: string;
  job: Job | undefined;
  model: string | null;
  options: PromptOptions;
  cap: string;
}

/** Try it, look at what came, start it. */
function Bench({ slug, job, model, options: wanted, cap }: BenchProps) {
  const { t } = useTranslation();
  const follow = useFollow(slug);
  const result = useQuery({
    queryKey: ["bench", job?.id],
    queryFn: () => readBench(job?.id ?? 0),
    enabled: job?.state === "done",
  });
  const tryIt = useMutation({
    mutationFn: () => startBench(slug, { ...wanted, items: null }),
    onSuccess: follow,
  });
  const start = useMutation({
    mutationFn: () =>
      startJob(slug, { kind: "preannotate", ...wanted, cost_cap_usd: cap === "" ? null : Number(cap) }),
    onSuccess: follow,
  });
  const isTrying = tryIt.isPending || (job !== undefined && isActive(job));
  return (
    <>
      <section className="card">
        <div className="pad actions-pad">
          <ErrorNote error={tryIt.error ?? start.error} />
          <div className="actions end">
            <span className="meta grow">{t("bench.then")}</span>
            <Button disabled={isTrying} onClick={() => tryIt.mutate()}>
              {t(isTrying ? "bench.trying" : "bench.try")}
            </Button>
            <Button look="primary" disabled={start.isPending} onClick={() => start.mutate()}>
              {t("bench.start")}
            </Button>
          </div>
        </div>
      </section>
      {job && job.state !== "done" && <JobCard key={job.id} slug={slug} job={job} model={model} />}
      <ErrorNote error={result.error} />
      {result.data && job?.state === "done" && <BenchResult bench={result.data} cap={cap} />}
      {!job && (
        <section className="card">
          <Empty title={t("bench.nothing_tried")}>{t("bench.nothing_tried_why")}</Empty>
        </section>
      )}
    </>
  );
}
