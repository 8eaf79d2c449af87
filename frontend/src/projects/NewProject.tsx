/** A new project: from a template, or from a milo.yaml whose faults stand beside its text. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { checkSpec, createProject, readTemplates } from "../api/researcher";
import type { Template } from "../api/researcher_types";
import { loadMe } from "../api/session";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { FileDrop } from "../shared/FileDrop";
import { FormRow } from "../shared/FormRow";
import "../shared/researcher.css";
import { TopBar } from "../shared/TopBar";
import "./new_project.css";
import { YamlText } from "./YamlText";

export function NewProject() {
  const { t } = useTranslation();
  const [way, choose] = useState<"template" | "file">("template");
  return (
    <div className="app">
      <TopBar />
      <main className="screen" id="main" tabIndex={-1}>
        <div className="inner">
          <h1 className="title">{t("new_project.title")}</h1>
          <fieldset className="seg soft ways">
            <legend className="vh">{t("new_project.begin_with")}</legend>
            {(["template", "file"] as const).map((each) => (
              <label key={each}>
                <input type="radio" name="way" checked={way === each} onChange={() => choose(each)} />
                {t(`new_project.way_${each}`)}
              </label>
            ))}
          </fieldset>
          {way === "template" ? <FromTemplate /> : <FromFile />}
        </div>
      </main>
    </div>
  );
}

/** Create it, know it in the list of one's projects, and go to its form. */
function useCreate() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: createProject,
    onSuccess: async ({ slug }) => {
      await loadMe();
      await queries.invalidateQueries({ queryKey: ["project", slug] });
      await navigate({ to: "/p/$slug/guideline", params: { slug } });
    },
  });
}

function FromTemplate() {
  const { t } = useTranslation();
  const templates = useQuery({
    queryKey: ["templates"],
    queryFn: readTemplates,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [chosen, choose] = useState<Template | null>(null);
  const [name, setName] = useState("");
  const create = useCreate();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen && name.trim()) create.mutate({ template: chosen.name, name: name.trim() });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <ErrorNote error={templates.error} onRetry={() => void templates.refetch()} />
      <fieldset className="gallery">
        <legend className="q">{t("new_project.choose")}</legend>
        {templates.data?.map((template) => (
          <label
            key={template.name}
            className="card template"
            data-chosen={chosen?.name === template.name || undefined}
          >
            <span className="row">
              <input
                className="pick"
                type="radio"
                name="template"
                checked={chosen?.name === template.name}
                onChange={() => {
                  if (name === "" || name === chosen?.title) setName(template.title);
                  choose(template);
                }}
              />
              <b>{template.title}</b>
            </span>
            <span className="ctl">{template.description}</span>
            <span className="meta">
              {t("new_project.asks", { count: template.spec.questions.length })}{" "}
              {template.spec.questions.map((question) => question.title).join(" · ")}
            </span>
            <span className="meta">
              {t("new_project.shows", {
                fields: template.spec.subject.map((field) => field.title).join(", "),
              })}
            </span>
          </label>
        ))}
      </fieldset>
      {chosen && (
        <div className="card name-it">
          <FormRow label={t("new_project.name")} help={t("new_project.name_help")}>
            {(tied) => (
              <input
                className="field"
                {...tied}
                value={name}
                required
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </FormRow>
          <ErrorNote error={create.error} />
          <div className="actions end">
            <span className="meta">{t("new_project.then_edit")}</span>
            <Button type="submit" look="primary" disabled={create.isPending || name.trim() === ""}>
              {t("new_project.create")}
            </Button>
          </div>
        </div>
      )}
    </form>
  );
}

function FromFile() {
  const { t } = useTranslation();
  const [yaml, setYaml] = useState("");
  const create = useCreate();
  const checked = useQuery({
    queryKey: ["check", yaml],
    queryFn: () => checkSpec(yaml),
    enabled: yaml.trim() !== "",
    placeholderData: (before) => before,
  });
  const faults = yaml.trim() === "" ? [] : (checked.data?.errors ?? []);
  const spec = yaml.trim() === "" ? null : (checked.data?.spec ?? null);
  return (
    <div className="stack">
      <FileDrop accept=".yaml,.yml" onFile={(file) => void file.text().then(setYaml)}>
        {t("new_project.drop")}
      </FileDrop>
      <YamlText yaml={yaml} faults={faults} onChange={setYaml} />
      <ErrorNote error={checked.error ?? create.error} />
      <div className="card name-it">
        <div className="actions end">
          <span className="meta grow" role="status">
            {spec
              ? t("new_project.fits", { name: spec.name, count: spec.questions.length })
              : faults.length > 0
                ? t("new_project.faults", { count: faults.length })
                : t("new_project.paste")}
          </span>
          <Button
            look="primary"
            disabled={spec === null || faults.length > 0 || create.isPending || checked.isFetching}
            onClick={() => create.mutate({ yaml })}
          >
            {t("new_project.create")}
          </Button>
        </div>
      </div>
    </div>
  );
}
