/** What is shown, what is asked and what the guideline says: edited here, with the labeling form beside it. */
import { useBlocker } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/error";
import { changeProject } from "../api/researcher";
import type { Fault, Project, ProjectSpec } from "../api/types";
import "../locales/researcher";
import { useSaveKey, useSaveSpec, WithSpec } from "../projects/spec";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { Icon } from "../shared/Icon";
import "../shared/researcher.css";
import "./builder.css";
import { changesOf } from "./draft";
import { Preview } from "./Preview";
import { QuestionsEditor } from "./QuestionsEditor";
import { SectionsEditor } from "./SectionsEditor";
import { SettingsEditor } from "./SettingsEditor";
import { SubjectEditor } from "./SubjectEditor";
import { Versions } from "./Versions";

const STEPS = ["about", "subject", "questions", "guideline", "settings", "versions"] as const;
type Step = (typeof STEPS)[number];

export function GuidelineScreen() {
  const { t } = useTranslation();
  return (
    <WithSpec title={t("nav.guideline")}>
      {(project, spec) => <Builder key={project.slug} project={project} saved={spec} />}
    </WithSpec>
  );
}

export interface EditorProps {
  spec: ProjectSpec;
  faults: Fault[];
  onChange: (changes: Partial<ProjectSpec>) => void;
}

function Builder({ project, saved }: { project: Project; saved: ProjectSpec }) {
  const { t } = useTranslation();
  const [step, goTo] = useState<Step>("questions");
  const [spec, setSpec] = useState(saved);
  const changes = changesOf(saved, spec);
  const isChanged = Object.keys(changes).length > 0;
  const save = useSaveSpec(project.slug, () => changeProject(project.slug, changes), setSpec);
  useUnsavedGuard(isChanged, t("builder.leave"));
  useSaveKey("builder", isChanged, save);
  const faults = save.error instanceof ApiError ? save.error.faults : [];
  const editor: EditorProps = { spec, faults, onChange: (some) => setSpec({ ...spec, ...some }) };
  return (
    <div className="builder">
      <h1 className="vh">{t("nav.guideline")}</h1>
      <nav className="rail" aria-label={t("builder.steps")}>
        <ol>
          {STEPS.map((each) => (
            <li key={each}>
              <button
                type="button"
                className="btn quiet"
                aria-current={step === each ? "step" : undefined}
                onClick={() => goTo(each)}
              >
                <span className="grow">{t(`builder.step_${each}`)}</span>
                {isTouched(each, changes) && <span className="chip warn">{t("builder.changed")}</span>}
              </button>
            </li>
          ))}
        </ol>
        <a className="btn sm" href={`/api/projects/${project.slug}/spec.yaml`} download>
          <Icon name="download" small /> {t("builder.download")}
        </a>
      </nav>
      <main className="edit" id="main" tabIndex={-1}>
        <div className="stack">
          <h2 className="title">{t(`builder.step_${step}`)}</h2>
          <p className="meta">{t(`builder.about_${step}`)}</p>
          <ErrorNote error={save.error} />
          {step === "about" && <About {...editor} />}
          {step === "subject" && <SubjectEditor {...editor} />}
          {step === "questions" && <QuestionsEditor {...editor} />}
          {step === "guideline" && <SectionsEditor {...editor} />}
          {step === "settings" && <SettingsEditor {...editor} />}
          {step === "versions" && <Versions project={project} />}
        </div>
      </main>
      <Preview project={project} spec={spec} />
      <footer className="foot">
        <span className="meta grow" role="status">
          {isChanged
            ? t("builder.will", { what: whatHappens(project, changes, t) })
            : t("builder.nothing_changed")}
        </span>
        <Button disabled={!isChanged || save.isPending} onClick={() => setSpec(saved)}>
          {t("builder.discard")}
        </Button>
        <Button
          look="primary"
          disabled={!isChanged || save.isPending}
          command="builder.save"
          onClick={() => save.mutate()}
        >
          {t("builder.save")}
        </Button>
      </footer>
    </div>
  );
}

function isTouched(step: Step, changes: Partial<ProjectSpec>): boolean {
  if (step === "about") return "name" in changes || "description" in changes;
  return step in changes;
}

/** In words, what saving does: which version comes to be, and who notices. */
function whatHappens(project: Project, changes: Partial<ProjectSpec>, t: TFunction): string {
  const parts: string[] = [];
  if (changes.questions || changes.subject)
    parts.push(t("builder.new_form", { version: project.schema_version + 1 }));
  if (changes.guideline) parts.push(t("builder.new_guideline", { version: project.guideline_version + 1 }));
  if (changes.settings) parts.push(t("builder.new_settings"));
  if (changes.name !== undefined || changes.description !== undefined) parts.push(t("builder.new_name"));
  return parts.join("; ");
}

function useUnsavedGuard(isChanged: boolean, question: string): void {
  useBlocker({ shouldBlockFn: () => isChanged && !window.confirm(question), enableBeforeUnload: isChanged });
}

function About({ spec, onChange }: EditorProps) {
  const { t } = useTranslation();
  return (
    <section className="card box">
      <label className="form-row">
        <span className="ctl">{t("builder.name")}</span>
        <input
          className="field"
          value={spec.name}
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </label>
      <label className="form-row">
        <span className="ctl">{t("builder.description")}</span>
        <textarea
          className="field"
          rows={4}
          value={spec.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </label>
      <p className="meta">
        {t("builder.address")} <span className="mono">/p/{spec.slug}</span>
      </p>
    </section>
  );
}
