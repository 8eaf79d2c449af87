/** In which format labels leave: to be looked into and brought back, or to train models on. */
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { ExportCounts, ExportOptions } from "../api/researcher_types";
import type { Project } from "../api/types";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { isTraining, LABEL_FORMATS, missingFor, questionsOf, TRAINING_FORMATS } from "./formats";

interface Props {
  project: Project;
  /** For each training format the questions that give rows, or what is missing. */
  fits: ExportCounts["training"];
  options: ExportOptions;
  onChange: (changes: Partial<ExportOptions>) => void;
}

export function FormatChoice({ project, fits, options, onChange }: Props) {
  const { t } = useTranslation();
  const groups = [
    { name: "labels", formats: LABEL_FORMATS },
    { name: "training", formats: TRAINING_FORMATS },
  ] as const;
  return (
    <>
      <div className="export-formats">
        {groups.map(({ name, formats }) => (
          <fieldset key={name} className="stack">
            <legend className="ctl q">{t(`export.for_${name}`)}</legend>
            <p className="meta">{t(`export.for_${name}_note`)}</p>
            <div className="formats">
              {formats.map((format) => (
                <Format
                  key={format}
                  format={format}
                  missing={missingFor(format, fits)}
                  isChosen={options.format === format}
                  onChoose={() => onChange({ format })}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
      {isTraining(options.format) ? (
        <TrainingOptions project={project} fits={fits} options={options} onChange={onChange} />
      ) : (
        <fieldset className="stack">
          <legend className="ctl q">{t("export.also")}</legend>
          <Switch
            isOn={options.include_unlabeled}
            onChange={(include_unlabeled) => onChange({ include_unlabeled })}
          >
            {t("export.include_unlabeled")}
          </Switch>
          {options.format === "jsonl" &&
            project.questions.some(({ kind }) => kind === "text" || kind === "chat") && (
              <Switch isOn={options.include_edits} onChange={(include_edits) => onChange({ include_edits })}>
                {t("export.include_edits")}
              </Switch>
            )}
        </fieldset>
      )}
    </>
  );
}

interface FormatProps {
  format: ExportOptions["format"];
  missing: string | null;
  isChosen: boolean;
  onChoose: () => void;
}

function Format({ format, missing, isChosen, onChoose }: FormatProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <label className="format">
      <input
        className="pick"
        type="radio"
        name="format"
        checked={isChosen}
        disabled={missing !== null}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-about`}
        onChange={onChoose}
      />
      <span className="ctl q" id={`${id}-name`}>
        {t(`export.name_${format}`)}
      </span>
      <span className="meta" id={`${id}-about`}>
        {missing ?? t(`export.about_${format}`)}
      </span>
    </label>
  );
}

function TrainingOptions({ project, fits, options, onChange }: Props) {
  const { t } = useTranslation();
  if (!isTraining(options.format)) return null;
  const names = questionsOf(options.format, fits);
  const able = names.map((name) => ({
    name,
    title: project.questions.find((question) => question.name === name)?.title ?? name,
  }));
  const hasPictures = project.subject.some(({ show }) => show === "image");
  return (
    <fieldset className="stack">
      <legend className="ctl q">{t("export.rows")}</legend>
      <div className="two">
        <FormRow label={t("export.question")} help={t("export.question_help")}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={able.some(({ name }) => name === options.question) ? (options.question ?? "") : ""}
              onChange={(event) => onChange({ question: event.target.value || null })}
            >
              <option value="">{t("export.every_question")}</option>
              {able.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </FormRow>
        {options.format === "sft" && (
          <FormRow label={t("export.columns")} help={t(`export.about_${options.columns}`)}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={options.columns}
                onChange={(event) => onChange({ columns: event.target.value as ExportOptions["columns"] })}
              >
                {(["messages", "prompt-completion"] as const).map((each) => (
                  <option key={each} value={each}>
                    {t(`export.columns_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        )}
        {hasPictures && (
          <FormRow label={t("export.images")} help={t(`export.about_images_${options.images}`)}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={options.images}
                onChange={(event) => onChange({ images: event.target.value as ExportOptions["images"] })}
              >
                {(["link", "include"] as const).map((each) => (
                  <option key={each} value={each}>
                    {t(`export.images_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        )}
      </div>
      <Switch
        isOn={options.include_provenance}
        onChange={(include_provenance) => onChange({ include_provenance })}
      >
        {t("export.include_provenance")}
      </Switch>
      <p className="meta">{t("export.about_provenance")}</p>
    </fieldset>
  );
}
