/** The assistant of a project: how it is set up, what people say of it, and what they make of its faults. */
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/error";
import { changeProject } from "../api/researcher";
import type { AssistantPolicy, Fault, Project, ProjectSpec } from "../api/types";
import "../guideline/builder.css";
import "../locales/assistant";
import { useSaveKey, useSaveSpec, WithSpec } from "../projects/spec";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import "../shared/researcher.css";
import "./assistant.css";
import { Cases } from "./Cases";
import { Examples } from "./Examples";
import { PolicyEditor } from "./PolicyEditor";
import { PromptPreview } from "./PromptPreview";
import { PARTS, type Part } from "./parts";
import { Report } from "./Report";

export function AssistantScreen() {
  const { t } = useTranslation();
  return (
    <WithSpec title={t("nav.assistant")}>
      {(project, spec) => <Editor key={project.slug} project={project} spec={spec} />}
    </WithSpec>
  );
}

export interface EditorProps {
  spec: ProjectSpec;
  policy: AssistantPolicy;
  faults: Fault[];
  onChange: (changes: Partial<AssistantPolicy>) => void;
}

function Editor({ project, spec }: { project: Project; spec: ProjectSpec }) {
  const { t } = useTranslation();
  const { part = "setup" } = useSearch({ strict: false }) as { part?: Part };
  const navigate = useNavigate();
  const saved = spec.settings.assistant;
  const [policy, setPolicy] = useState(saved);
  const isChanged = JSON.stringify(policy) !== JSON.stringify(saved);
  const save = useSaveSpec(
    project.slug,
    () => changeProject(project.slug, { settings: { assistant: policy } as ProjectSpec["settings"] }),
    (now) => setPolicy(now.settings.assistant),
    ["assistant-report"],
  );
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isChanged && current.pathname !== next.pathname && !window.confirm(t("builder.leave")),
    enableBeforeUnload: isChanged,
  });
  useSaveKey("assistant", isChanged, save);
  const editor: EditorProps = {
    spec,
    policy,
    faults: save.error instanceof ApiError ? save.error.faults : [],
    onChange: (changes) => setPolicy({ ...policy, ...changes }),
  };
  return (
    <div className="builder assistant-builder">
      <h1 className="vh">{t("nav.assistant")}</h1>
      <nav className="rail" aria-label={t("assistant.steps")}>
        <ol>
          {PARTS.map((each) => (
            <li key={each}>
              <button
                type="button"
                className="btn quiet"
                aria-current={part === each ? "step" : undefined}
                onClick={() =>
                  void navigate({
                    to: "/p/$slug/assistant",
                    params: { slug: project.slug },
                    search: each === "setup" ? {} : { part: each },
                    replace: true,
                  })
                }
              >
                <span className="grow">{t(`assistant.step_${each}`)}</span>
                {each === "setup" && isChanged && <span className="chip warn">{t("builder.changed")}</span>}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <main className="edit" id="main" tabIndex={-1}>
        <div className="stack">
          <h2 className="title">{t(`assistant.step_${part}`)}</h2>
          <p className="meta">{t(`assistant.about_${part}`)}</p>
          <ErrorNote error={save.error} />
          {part === "setup" && <PolicyEditor {...editor} />}
          {part === "report" && <Report slug={project.slug} holdoutShare={saved.holdout_share} />}
          {part === "cases" && <Cases project={project} />}
          {part === "examples" && <Examples project={project} />}
        </div>
      </main>
      {part === "setup" && <PromptPreview {...editor} slug={project.slug} isSaved={!isChanged} />}
      <footer className="foot">
        <span className="meta grow" role="status">
          {isChanged ? t("builder.will", { what: t("assistant.new_policy") }) : t("builder.nothing_changed")}
        </span>
        <Button
          disabled={!isChanged || save.isPending}
          onClick={() => {
            setPolicy(saved);
            save.reset();
          }}
        >
          {t("builder.discard")}
        </Button>
        <Button
          look="primary"
          disabled={!isChanged || save.isPending}
          command="assistant.save"
          onClick={() => save.mutate()}
        >
          {t("assistant.save")}
        </Button>
      </footer>
    </div>
  );
}

/** Saving, and what is read anew when it is done. */
