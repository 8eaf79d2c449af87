/** One criterion: its words, its weight, its grades, how strictly a judge reads it. */
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Fault } from "../api/types";
import { replaced, without } from "../guideline/draft";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { faultJustAt, faultText, missingLevels, newGrade, numberOf, retitled } from "./draft";
import { HarshnessField } from "./HarshnessField";
import { type Named, References, ReferenceText, useFaultOf } from "./ReferenceText";
import type { Criterion, Grade } from "./types";

interface Props {
  criterion: Criterion;
  taken: string[];
  named: Named[];
  where: string;
  faults: Fault[];
  onChange: (changes: Partial<Criterion>) => void;
}

export function CriterionEditor({ criterion, taken, named, where, faults, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <div className="two">
        <FormRow label={t("rubric.title")} error={faultJustAt(faults, `${where}.title`)}>
          {(tied) => (
            <input
              className="field"
              dir="auto"
              {...tied}
              value={criterion.title}
              onChange={(event) => onChange(retitled(criterion, event.target.value, "criterion", taken))}
            />
          )}
        </FormRow>
        <FormRow label={t("rubric.weight")} error={faultJustAt(faults, `${where}.weight`)}>
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              max="100"
              step="any"
              {...tied}
              value={Number((criterion.weight * 100).toFixed(6))}
              onChange={(event) => onChange({ weight: numberOf(event.target.value) / 100 })}
            />
          )}
        </FormRow>
      </div>
      <ReferenceText
        label={t("rubric.definition")}
        help={t("rubric.definition_help")}
        value={criterion.definition}
        named={named}
        fault={faultJustAt(faults, `${where}.definition`)}
        onChange={(definition) => onChange({ definition })}
      />
      <Grades {...{ criterion, taken, named, where, faults, onChange }} />
      <div className="two">
        <HarshnessField
          value={criterion.harshness}
          fault={faultJustAt(faults, `${where}.harshness`)}
          onChange={(harshness) => onChange({ harshness })}
        />
        <FormRow
          label={t("builder.name_in_data")}
          help={t("builder.name_help")}
          error={faultJustAt(faults, where)}
        >
          {(tied) => (
            <input
              className="field mono"
              {...tied}
              value={criterion.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </FormRow>
      </div>
    </>
  );
}

/** The scale, from the lowest level up; a level may be left out. */
function Grades({ criterion, named, where, faults, onChange }: Props) {
  const { t } = useTranslation();
  const last = useRef(0);
  const areas = useRef<(HTMLTextAreaElement | null)[]>([]);
  const { grades } = criterion;
  const set = (changed: Grade[]) => onChange({ grades: changed });
  const missing = missingLevels(grades);
  const own = faults.filter((fault) => fault.where === `${where}.grades`);
  const define = (place: number, definition: string) => set(replaced(grades, place, { definition }));
  return (
    <fieldset className="stack">
      <legend className="ctl q">{t("rubric.grades")}</legend>
      {own.map((fault) => (
        <p key={fault.found} className="error-text" role="alert">
          {faultText(fault)}
        </p>
      ))}
      <ol className="grade-rows">
        {grades.map((grade, place) => (
          <OneGrade
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            key={place}
            grade={grade}
            place={place}
            named={named}
            where={where}
            faults={faults}
            area={(area) => {
              areas.current[place] = area;
            }}
            onFocus={() => {
              last.current = place;
            }}
            onChange={(changes) => set(replaced(grades, place, changes))}
            onRemove={() => set(without(grades, place))}
          />
        ))}
      </ol>
      <References
        named={named}
        into={t("rubric.grade_definitions")}
        area={() => areas.current[last.current] ?? areas.current[0] ?? null}
        onChange={(definition) => define(areas.current[last.current] ? last.current : 0, definition)}
      />
      <div className="actions">
        <Button small icon="plus" onClick={() => set([...grades, newGrade(grades)])}>
          {t("rubric.add_grade")}
        </Button>
        <span className="meta" role="status">
          {missing.length > 0 &&
            t("rubric.missing_levels", { count: missing.length, levels: missing.join(", ") })}
        </span>
      </div>
      <Switch isOn={criterion.allow_na} onChange={(allow_na) => onChange({ allow_na })}>
        {t("rubric.allow_na")}
      </Switch>
    </fieldset>
  );
}

interface GradeProps {
  grade: Grade;
  place: number;
  named: Named[];
  where: string;
  faults: Fault[];
  area: (area: HTMLTextAreaElement | null) => void;
  onFocus: () => void;
  onChange: (changes: Partial<Grade>) => void;
  onRemove: () => void;
}

function OneGrade({ grade, place, named, where, faults, area, onFocus, onChange, onRemove }: GradeProps) {
  const { t } = useTranslation();
  const at = `${where}.grades.${grade.name}`;
  const number = { place: place + 1 };
  const defined = useFaultOf(grade.definition, named, faultJustAt(faults, `${at}.definition`));
  const wrong =
    ["level", "label"].map((name) => faultJustAt(faults, `${at}.${name}`)).find(Boolean) ??
    faultJustAt(faults, at) ??
    defined;
  return (
    <li>
      <div className="grade-row">
        <input
          className="field"
          type="number"
          min="1"
          max="20"
          step="1"
          aria-label={t("rubric.level_of", number)}
          value={grade.level}
          onChange={(event) => onChange({ level: Math.round(numberOf(event.target.value)) })}
        />
        <input
          className="field"
          dir="auto"
          aria-label={t("rubric.label_of", number)}
          value={grade.label}
          onChange={(event) => onChange({ label: event.target.value })}
        />
        <textarea
          ref={area}
          className="field"
          rows={1}
          dir="auto"
          aria-label={t("rubric.definition_of", number)}
          placeholder={t("rubric.definition_of_grade")}
          value={grade.definition}
          onFocus={onFocus}
          onChange={(event) => onChange({ definition: event.target.value })}
        />
        <Button
          look="quiet"
          small
          icon="x"
          aria-label={t("builder.remove_of", { title: grade.label || t("builder.untitled") })}
          onClick={onRemove}
        />
      </div>
      {wrong && (
        <p className="error-text" role="alert">
          {wrong}
        </p>
      )}
    </li>
  );
}
