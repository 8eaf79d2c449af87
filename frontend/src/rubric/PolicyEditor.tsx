/** Who reviews which answers, what follows from it, and when a judge may send work back. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readModels } from "../api/researcher";
import { faultAt } from "../guideline/draft";
import { Empty } from "../shared/Empty";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { faultJustAt, numberOf, partNames } from "./draft";
import { REVIEWERS, ruleOf, withPart, withRule } from "./policy";
import type { EditorProps } from "./RubricScreen";
import type { Reviewer, ReviewPolicy, ReviewRule } from "./types";

const REVEALS = ["after_own", "immediate", "never"] as const;
const BAR = [
  ["reviewed", 1],
  ["recall", 0.05],
  ["precision", 0.05],
  ["kappa", 0.05],
] as const;

export function PolicyEditor(props: EditorProps) {
  const { t } = useTranslation();
  const { draft, faults, onChange } = props;
  if (draft.rubrics.length === 0 && draft.policy.rules.length === 0)
    return (
      <section className="card">
        <Empty title={t("rubric.policy_first")}>{t("rubric.policy_first_why")}</Empty>
      </section>
    );
  const set = (changes: Partial<ReviewPolicy>) => onChange({ policy: { ...draft.policy, ...changes } });
  const whole = faultJustAt(faults, "settings.review.rules");
  return (
    <>
      {whole && (
        <p className="error-text" role="alert">
          {whole}
        </p>
      )}
      {REVIEWERS.map((by) => (
        <Rule key={by} {...props} by={by} />
      ))}
      <Redo policy={draft.policy} faults={faults} set={set} />
      <Reviewers policy={draft.policy} set={set} />
      <Judge policy={draft.policy} faults={faults} set={set} />
    </>
  );
}

interface SectionProps {
  policy: ReviewPolicy;
  faults: EditorProps["faults"];
  set: (changes: Partial<ReviewPolicy>) => void;
}

/** The share of one kind of reviewer, or none. */
function Rule({ draft, faults, onChange, by }: EditorProps & { by: Reviewer }) {
  const { t } = useTranslation();
  const rule = ruleOf(draft.policy, by);
  const change = (changes: Partial<ReviewRule> | null) =>
    onChange({ policy: withRule(draft.policy, by, changes) });
  return (
    <section className="card box" aria-labelledby={`rule-${by}`}>
      <h3 id={`rule-${by}`} className="q">
        {t(`rubric.by_${by}`)}
      </h3>
      <Switch isOn={rule !== null} onChange={(isOn) => change(isOn ? {} : null)}>
        {t(`rubric.asks_${by}`)}
      </Switch>
      {rule && (
        <RuleFields
          rule={rule}
          draft={draft}
          faults={faults}
          where={`settings.review.rules.${by}`}
          onChange={change}
        />
      )}
    </section>
  );
}

interface RuleProps {
  rule: ReviewRule;
  draft: EditorProps["draft"];
  faults: EditorProps["faults"];
  where: string;
  onChange: (changes: Partial<ReviewRule>) => void;
}

function RuleFields({ rule, draft, faults, where, onChange }: RuleProps) {
  const { t } = useTranslation();
  const all = partNames(draft.rubrics);
  const own = Object.keys(rule.annotators).length;
  return (
    <>
      <div className="two">
        <FormRow
          label={t("rubric.share")}
          help={t("rubric.share_help")}
          error={faultJustAt(faults, `${where}.share`)}
        >
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              max="100"
              step="any"
              {...tied}
              value={Number((rule.share * 100).toFixed(6))}
              onChange={(event) => onChange({ share: numberOf(event.target.value) / 100 })}
            />
          )}
        </FormRow>
        <FormRow
          label={t("rubric.first_of_each")}
          help={t("rubric.first_of_each_help")}
          error={faultJustAt(faults, `${where}.first_of_each`)}
        >
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              step="1"
              {...tied}
              value={rule.first_of_each}
              onChange={(event) => onChange({ first_of_each: Math.round(numberOf(event.target.value)) })}
            />
          )}
        </FormRow>
        {rule.by !== "judge" && (
          <FormRow
            label={t("rubric.per_reviewer")}
            help={t("rubric.per_reviewer_help")}
            error={faultJustAt(faults, `${where}.per_reviewer`)}
          >
            {(tied) => (
              <input
                className="field"
                type="number"
                min="1"
                step="1"
                {...tied}
                value={rule.per_reviewer ?? ""}
                onChange={(event) =>
                  onChange({
                    per_reviewer: event.target.value === "" ? null : Math.round(numberOf(event.target.value)),
                  })
                }
              />
            )}
          </FormRow>
        )}
      </div>
      {own > 0 && <p className="meta">{t("rubric.own_shares", { count: own })}</p>}
      <fieldset className="stack">
        <legend className="ctl q">{t("rubric.asked_about")}</legend>
        <div className="part-checks">
          {draft.rubrics.flatMap((rubric) =>
            [...rubric.criteria, ...rubric.errors].map(({ name, title }) => (
              <Switch
                key={name}
                isOn={rule.criteria.length === 0 || rule.criteria.includes(name)}
                disabled={rule.criteria.length === 1 && rule.criteria[0] === name}
                onChange={(isOn) => onChange({ criteria: withPart(rule, name, isOn, all) })}
              >
                <span dir="auto">{title || name}</span>
              </Switch>
            )),
          )}
        </div>
        {faultAt(faults, `${where}.criteria`) && (
          <p className="error-text" role="alert">
            {faultAt(faults, `${where}.criteria`)}
          </p>
        )}
      </fieldset>
    </>
  );
}

function Redo({ policy, faults, set }: SectionProps) {
  const { t } = useTranslation();
  return (
    <section className="card box" aria-labelledby="redo">
      <h3 id="redo" className="q">
        {t("rubric.redo")}
      </h3>
      <div className="two">
        {(["redo_rounds", "redo_hours"] as const).map((name) => (
          <FormRow
            key={name}
            label={t(`rubric.${name}`)}
            help={t(`rubric.${name}_help`)}
            error={faultJustAt(faults, `settings.review.${name}`)}
          >
            {(tied) => (
              <input
                className="field"
                type="number"
                min={name === "redo_rounds" ? 0 : 1}
                step="1"
                {...tied}
                value={policy[name]}
                onChange={(event) => set({ [name]: Math.round(numberOf(event.target.value)) })}
              />
            )}
          </FormRow>
        ))}
      </div>
    </section>
  );
}

function Reviewers({ policy, set }: Omit<SectionProps, "faults">) {
  const { t } = useTranslation();
  return (
    <section className="card box" aria-labelledby="reviewers">
      <h3 id="reviewers" className="q">
        {t("rubric.reviewers")}
      </h3>
      <Switch isOn={policy.blind} onChange={(blind) => set({ blind })}>
        {t("rubric.blind")}
      </Switch>
      <FormRow label={t("rubric.reveal")} help={t(`rubric.reveal_help_${policy.reveal_judge}`)}>
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={policy.reveal_judge}
            onChange={(event) => set({ reveal_judge: event.target.value as ReviewPolicy["reveal_judge"] })}
          >
            {REVEALS.map((each) => (
              <option key={each} value={each}>
                {t(`rubric.reveal_${each}`)}
              </option>
            ))}
          </select>
        )}
      </FormRow>
    </section>
  );
}

function Judge({ policy, faults, set }: SectionProps) {
  const { t } = useTranslation();
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const names = (models.data ?? []).map(({ name }) => name);
  const listed = policy.judge === null || names.includes(policy.judge) ? names : [policy.judge, ...names];
  return (
    <section className="card box" aria-labelledby="judge">
      <h3 id="judge" className="q">
        {t("rubric.judge")}
      </h3>
      <FormRow
        label={t("rubric.judge_model")}
        help={t(names.length === 0 ? "rubric.judge_no_models" : "rubric.judge_model_help")}
        error={faultJustAt(faults, "settings.review.judge")}
      >
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={policy.judge ?? ""}
            onChange={(event) => set({ judge: event.target.value || null })}
          >
            <option value="">{t("rubric.judge_none")}</option>
            {listed.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      <Switch isOn={policy.check} onChange={(check) => set({ check })}>
        {t("rubric.check")}
      </Switch>
      <fieldset className="stack">
        <legend className="ctl q">{t("rubric.bar")}</legend>
        <p className="meta">{t("rubric.bar_help")}</p>
        <div className="two">
          {BAR.map(([name, step]) => (
            <FormRow
              key={name}
              label={t(`rubric.bar_${name}`)}
              help={t(`rubric.bar_help_${name}`)}
              error={faultJustAt(faults, `settings.review.bar.${name}`)}
            >
              {(tied) => (
                <input
                  className="field"
                  type="number"
                  min={name === "kappa" ? -1 : 0}
                  step={step}
                  {...tied}
                  value={policy.bar[name]}
                  onChange={(event) => set({ bar: { ...policy.bar, [name]: numberOf(event.target.value) } })}
                />
              )}
            </FormRow>
          ))}
        </div>
      </fieldset>
    </section>
  );
}
