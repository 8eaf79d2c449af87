/** What makes an answer good, and who looks: rubrics, the policy and calibration, with the score beside the form. */
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/error";
import type { Fault, Project, ProjectSpec } from "../api/types";
import "../guideline/builder.css";
import "../locales/rubric";
import { useSaveKey, useSaveSpec, WithSpec } from "../projects/spec";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { Icon } from "../shared/Icon";
import "../shared/researcher.css";
import { Calibration } from "./Calibration";
import { LiveScore } from "./LiveScore";
import { PolicyEditor } from "./PolicyEditor";
import { PolicySays } from "./PolicySays";
import { RubricsEditor } from "./RubricsEditor";
import { saveRubrics } from "./requests";
import "./rubric.css";
import type { ReviewPolicy, Rubric } from "./types";
import { Versions } from "./Versions";
import { YamlEditor } from "./YamlEditor";

const STEPS = ["rubrics", "yaml", "policy", "calibration", "versions"] as const;
type Step = (typeof STEPS)[number];

export function RubricScreen() {
  const { t } = useTranslation();
  return (
    <WithSpec title={t("nav.rubric")}>
      {(project, spec) => <Editor key={project.slug} project={project} saved={spec} />}
    </WithSpec>
  );
}

export interface Draft {
  rubrics: Rubric[];
  policy: ReviewPolicy;
}

export interface EditorProps {
  project: Project;
  spec: ProjectSpec;
  draft: Draft;
  faults: Fault[];
  onChange: (changes: Partial<Draft>) => void;
}

const draftOf = ({ rubrics, settings }: ProjectSpec): Draft => ({ rubrics, policy: settings.review });

function Editor({ project, saved }: { project: Project; saved: ProjectSpec }) {
  const { t } = useTranslation();
  const [step, goTo] = useState<Step>("rubrics");
  const [draft, setDraft] = useState(() => draftOf(saved));
  const [chosen, choose] = useState(0);
  const [yaml, setYaml] = useState<string | null>(null);
  const hasNewRubrics = differs(draft.rubrics, saved.rubrics);
  const hasNewPolicy = differs(draft.policy, saved.settings.review);
  const isChanged = hasNewRubrics || hasNewPolicy;
  const isUnsaved = isChanged || yaml !== null;
  const save = useSaveSpec(
    project.slug,
    () => saveRubrics(project.slug, hasNewRubrics ? draft.rubrics : null, hasNewPolicy ? draft.policy : null),
    (now) => setDraft(draftOf(now)),
    ["rubric-versions", "judges", "coverage"],
  );
  useBlocker({
    shouldBlockFn: () => isUnsaved && !window.confirm(t("builder.leave")),
    enableBeforeUnload: isUnsaved,
  });
  useSaveKey("rubric", isChanged, save);
  const faults = save.error instanceof ApiError ? save.error.faults : [];
  const editor: EditorProps = {
    project,
    spec: saved,
    draft,
    faults,
    onChange: (some) => setDraft({ ...draft, ...some }),
  };
  const touched: Partial<Record<Step, boolean>> = {
    rubrics: hasNewRubrics,
    yaml: yaml !== null,
    policy: hasNewPolicy,
  };
  const rubric = draft.rubrics[chosen] ?? draft.rubrics[0];
  return (
    <div className="builder rubric-builder">
      <h1 className="vh">{t("nav.rubric")}</h1>
      <nav className="rail" aria-label={t("rubric.steps")}>
        <ol>
          {STEPS.map((each) => (
            <li key={each}>
              <button
                type="button"
                className="btn quiet"
                aria-current={step === each ? "step" : undefined}
                onClick={() => goTo(each)}
              >
                <span className="grow">{t(`rubric.step_${each}`)}</span>
                {touched[each] && <span className="chip warn">{t("builder.changed")}</span>}
              </button>
            </li>
          ))}
        </ol>
        {project.rubric_version > 0 && (
          <a className="btn sm" href={`/api/projects/${project.slug}/rubrics.yaml`} download>
            <Icon name="download" small /> {t("rubric.download")}
          </a>
        )}
      </nav>
      <main className="edit" id="main" tabIndex={-1}>
        <div className="stack">
          <h2 className="title">{t(`rubric.step_${step}`)}</h2>
          <p className="meta">{t(`rubric.about_${step}`)}</p>
          {faults.length > 0 ? <Refused faults={faults} /> : <ErrorNote error={save.error} />}
          {step === "rubrics" && <RubricsEditor {...editor} chosen={chosen} onChoose={choose} />}
          {step === "yaml" && <YamlEditor {...editor} yaml={yaml} onType={setYaml} />}
          {step === "policy" && <PolicyEditor {...editor} />}
          {step === "calibration" && <Calibration {...editor} />}
          {step === "versions" && <Versions project={project} />}
        </div>
      </main>
      {step === "rubrics" && rubric && <LiveScore rubric={rubric} />}
      {step === "policy" && <PolicySays {...editor} isSaved={!isChanged} />}
      <footer className="foot">
        <span className="meta grow" role="status">
          {isChanged
            ? t("builder.will", { what: whatHappens(hasNewRubrics, hasNewPolicy) })
            : t("builder.nothing_changed")}
        </span>
        <Button
          disabled={!isChanged || save.isPending}
          onClick={() => {
            setDraft(draftOf(saved));
            save.reset();
          }}
        >
          {t("builder.discard")}
        </Button>
        <Button
          look="primary"
          disabled={!isChanged || save.isPending}
          command="rubric.save"
          onClick={() => save.mutate()}
        >
          {t("rubric.save")}
        </Button>
      </footer>
    </div>
  );

  function whatHappens(rubrics: boolean, policy: boolean): string {
    const parts = [
      ...(rubrics ? [t("rubric.new_version", { version: project.rubric_version + 1 })] : []),
      ...(policy ? [t("rubric.new_policy")] : []),
    ];
    return parts.join("; ");
  }
}

/** Nothing was saved: each fault once here, and again where it stands. */
function Refused({ faults }: { faults: Fault[] }) {
  const { t } = useTranslation();
  return (
    <div className="note redo" role="alert">
      <Icon name="warning" />
      <div className="grow">
        <p>{t("rubric.refused", { count: faults.length })}</p>
        <ul>
          {faults.map(({ where, found, allowed }) => (
            <li key={`${where} ${found}`} dir="auto">
              {t("common.fault", { where, found, allowed })}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function differs(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

/** Saving, and what is read anew when it is done. */
