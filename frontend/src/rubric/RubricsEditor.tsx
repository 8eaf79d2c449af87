/** The rubrics of a project, one at a time: its words, its threshold, its criteria and errors. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { moved, replaced, without } from "../guideline/draft";
import { Row } from "../guideline/Row";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Begin } from "./Begin";
import { CriterionEditor } from "./CriterionEditor";
import {
  faultJustAt,
  faultsWithin,
  faultText,
  newCriterion,
  newError,
  numberOf,
  partNames,
  retitled,
  spreadEvenly,
  weightSum,
  weightsFit,
} from "./draft";
import { ErrorEditor } from "./ErrorEditor";
import { type Named, ReferenceText } from "./ReferenceText";
import type { EditorProps } from "./RubricScreen";
import type { Rubric } from "./types";
import { useGradeWords } from "./useGradeWords";

interface Props extends EditorProps {
  chosen: number;
  onChoose: (place: number) => void;
}

export function RubricsEditor(props: Props) {
  const { draft, chosen, onChoose, onChange, faults } = props;
  const { t } = useTranslation();
  const [isAdding, add] = useState(false);
  const { rubrics } = draft;
  const place = Math.min(chosen, rubrics.length - 1);
  const rubric = rubrics[place];
  if (rubric === undefined || isAdding)
    return (
      <Begin
        rubrics={rubrics}
        onBegin={(begun) => {
          onChange({ rubrics: [...rubrics, begun] });
          onChoose(rubrics.length);
          add(false);
        }}
        onCancel={rubrics.length > 0 ? () => add(false) : null}
      />
    );
  return (
    <>
      <div className="actions rubric-tabs" role="group" aria-label={t("rubric.which")}>
        {rubrics.map((each, at) => (
          <Button
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            key={at}
            small
            className="soft"
            aria-pressed={at === place}
            onClick={() => onChoose(at)}
          >
            <span dir="auto">{each.title || t("builder.untitled")}</span>
            {faultsWithin(faults, `rubrics.${each.name}`).length > 0 && (
              <span className="redo">
                {" "}
                <Icon name="warning" small />
                <span className="vh">{t("rubric.has_fault")}</span>
              </span>
            )}
          </Button>
        ))}
        <Button small look="quiet" icon="plus" onClick={() => add(true)}>
          {t("rubric.add")}
        </Button>
      </div>
      <OneRubric key={place} {...props} rubric={rubric} place={place} />
      <div className="actions end">
        <Button
          small
          look="quiet"
          onClick={() => {
            onChange({ rubrics: without(rubrics, place) });
            onChoose(Math.max(0, place - 1));
          }}
        >
          {t("rubric.remove", { title: rubric.title || t("builder.untitled") })}
        </Button>
      </div>
    </>
  );
}

interface OneProps extends EditorProps {
  rubric: Rubric;
  place: number;
}

function OneRubric({ spec, draft, rubric, place, faults, onChange }: OneProps) {
  const set = (changes: Partial<Rubric>) => onChange({ rubrics: replaced(draft.rubrics, place, changes) });
  const given = {
    rubric,
    rubrics: draft.rubrics,
    where: `rubrics.${rubric.name}`,
    faults,
    named: [...spec.subject, ...spec.questions].map(({ name, title }) => ({ name, title })),
    onChange: set,
  };
  return (
    <>
      <About {...given} />
      <Criteria {...given} />
      <Errors {...given} />
    </>
  );
}

interface PartProps {
  rubric: Rubric;
  rubrics: Rubric[];
  where: string;
  faults: EditorProps["faults"];
  named: Named[];
  onChange: (changes: Partial<Rubric>) => void;
}

function About({ rubric, rubrics, where, faults, named, onChange }: PartProps) {
  const { t } = useTranslation();
  const whole = faultsWithin(faults, where).filter((fault) => fault.where === where);
  const names = rubrics.map(({ name }) => name);
  return (
    <section className="card box" aria-label={t("rubric.about")}>
      {whole.map((fault) => (
        <p key={fault.found} className="error-text" role="alert">
          {faultText(fault)}
        </p>
      ))}
      <FormRow label={t("rubric.title")}>
        {(tied) => (
          <input
            className="field"
            dir="auto"
            {...tied}
            value={rubric.title}
            onChange={(event) => onChange(retitled(rubric, event.target.value, "rubric", names))}
          />
        )}
      </FormRow>
      <ReferenceText
        label={t("rubric.description")}
        help={t("rubric.description_help")}
        value={rubric.description}
        named={named}
        fault={faultJustAt(faults, `${where}.description`)}
        onChange={(description) => onChange({ description })}
      />
      <div className="two">
        {(["threshold", "max_score"] as const).map((name) => (
          <FormRow
            key={name}
            label={t(`rubric.${name}`)}
            help={t(`rubric.${name}_help`)}
            error={faultJustAt(faults, `${where}.${name}`)}
          >
            {(tied) => (
              <input
                className="field"
                type="number"
                step="any"
                {...tied}
                value={rubric[name]}
                onChange={(event) => onChange({ [name]: numberOf(event.target.value) })}
              />
            )}
          </FormRow>
        ))}
      </div>
    </section>
  );
}

function Criteria({ rubric, rubrics, where, faults, named, onChange }: PartProps) {
  const { t } = useTranslation();
  const words = useGradeWords();
  const { criteria } = rubric;
  const [fresh, setFresh] = useState<string | null>(null);
  return (
    <section className="stack" aria-labelledby="criteria">
      <h3 className="q" id="criteria">
        {t("rubric.criteria")}
      </h3>
      <Weights rubric={rubric} onChange={onChange} />
      {criteria.map((criterion, at) => {
        const wrong = faultsWithin(faults, `${where}.criteria.${criterion.name}`);
        return (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            key={at}
            title={criterion.title}
            note={
              <>
                {wrong.length > 0 && <span className="chip redo">{t("rubric.has_fault")}</span>}
                <span className="chip line">
                  {t("review.weight", { share: formatPercent(criterion.weight) })}
                </span>
              </>
            }
            place={at}
            count={criteria.length}
            startsOpen={criterion.name === fresh || (criteria.length === 1 && criterion.title === "")}
            isWrong={wrong.length > 0}
            onMove={(by) => onChange({ criteria: moved(criteria, at, by) })}
            onRemove={() => onChange({ criteria: without(criteria, at) })}
          >
            <CriterionEditor
              criterion={criterion}
              taken={partNames(rubrics)}
              named={named}
              where={`${where}.criteria.${criterion.name}`}
              faults={wrong}
              onChange={(changes) => onChange({ criteria: replaced(criteria, at, changes) })}
            />
          </Row>
        );
      })}
      <div>
        <Button
          small
          icon="plus"
          onClick={() => {
            const begun = newCriterion(rubrics, words);
            setFresh(begun.name);
            onChange({ criteria: [...criteria, begun] });
          }}
        >
          {t("rubric.add_criterion")}
        </Button>
      </div>
    </section>
  );
}

/** What the weights sum to, said at once where it is not one. */
function Weights({ rubric, onChange }: Pick<PartProps, "rubric" | "onChange">) {
  const { t } = useTranslation();
  if (rubric.criteria.length === 0) return <p className="meta">{t("rubric.no_criteria")}</p>;
  const isFit = weightsFit(rubric);
  const sum = `${Number((weightSum(rubric) * 100).toFixed(2))} %`;
  return (
    <div className={isFit ? "row" : "note warn"}>
      {!isFit && <Icon name="warning" />}
      <p className={isFit ? "meta grow" : "grow"} role="status">
        {t(isFit ? "rubric.weights_fit" : "rubric.weights_off", { sum })}
      </p>
      {!isFit && (
        <Button small onClick={() => onChange(spreadEvenly(rubric))}>
          {t("rubric.spread")}
        </Button>
      )}
    </div>
  );
}

function Errors({ rubric, rubrics, where, faults, named, onChange }: PartProps) {
  const { t } = useTranslation();
  const { errors } = rubric;
  const [fresh, setFresh] = useState<string | null>(null);
  return (
    <section className="stack" aria-labelledby="errors">
      <h3 className="q" id="errors">
        {t("rubric.errors")}
      </h3>
      {errors.length === 0 && <p className="meta">{t("rubric.no_errors")}</p>}
      {errors.map((error, at) => {
        const wrong = faultsWithin(faults, `${where}.errors.${error.name}`);
        return (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            key={at}
            title={error.title}
            note={
              <>
                {wrong.length > 0 && <span className="chip redo">{t("rubric.has_fault")}</span>}
                <span className="chip line">
                  {t(error.counted ? "review.each" : "review.once", { points: error.penalty })}
                </span>
              </>
            }
            place={at}
            count={errors.length}
            startsOpen={error.name === fresh}
            isWrong={wrong.length > 0}
            onMove={(by) => onChange({ errors: moved(errors, at, by) })}
            onRemove={() => onChange({ errors: without(errors, at) })}
          >
            <ErrorEditor
              error={error}
              taken={partNames(rubrics)}
              named={named}
              where={`${where}.errors.${error.name}`}
              faults={wrong}
              onChange={(changes) => onChange({ errors: replaced(errors, at, changes) })}
            />
          </Row>
        );
      })}
      <div>
        <Button
          small
          icon="plus"
          onClick={() => {
            const begun = newError(rubrics);
            setFresh(begun.name);
            onChange({ errors: [...errors, begun] });
          }}
        >
          {t("rubric.add_error")}
        </Button>
      </div>
    </section>
  );
}
