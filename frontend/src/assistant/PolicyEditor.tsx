/** How the assistant is set up: who writes, what it is given, how it writes, what may become of its words. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { readModels } from "../api/researcher";
import type { AssistantPolicy } from "../api/types";
import { faultAt } from "../guideline/draft";
import { useProject } from "../projects/useProject";
import { numberOf } from "../rubric/draft";
import { FormRow } from "../shared/FormRow";
import { formatNumber } from "../shared/format";
import { Switch } from "../shared/Switch";
import type { EditorProps } from "./AssistantScreen";
import { draftedQuestion, fieldsSeen, querySource, withField, written } from "./policy";
import { useExamples } from "./requests";

const COPYING = ["allow", "warn", "block"] as const;

export function PolicyEditor(props: EditorProps) {
  return (
    <>
      <Who {...props} />
      <Given {...props} />
      <How {...props} />
      <Becomes {...props} />
    </>
  );
}

/** The model, and the question it drafts. */
function Who({ spec, policy, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const { slug } = useProject();
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const names = (models.data ?? []).map(({ name }) => name);
  const listed = policy.model === null || names.includes(policy.model) ? names : [policy.model, ...names];
  const able = written(spec.questions);
  const last = able.at(-1);
  return (
    <section className="card box" aria-labelledby="who">
      <h3 id="who" className="q">
        {t("assistant.who")}
      </h3>
      <FormRow
        label={t("bench.model")}
        help={t(models.data?.length === 0 ? "assistant.no_models" : "assistant.model_help")}
        error={faultAt(faults, "settings.assistant.model")}
      >
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={policy.model ?? ""}
            onChange={(event) => onChange({ model: event.target.value || null })}
          >
            <option value="">{t("assistant.model_none")}</option>
            {listed.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      {models.data?.length === 0 && (
        <div>
          <Link className="btn" to="/models">
            {t("assistant.to_models")}
          </Link>
        </div>
      )}
      {last === undefined ? (
        <>
          <p className="note warn">{t("assistant.no_written")}</p>
          <div>
            <Link className="btn" to="/p/$slug/guideline" params={{ slug }}>
              {t("assistant.to_questions")}
            </Link>
          </div>
        </>
      ) : (
        <FormRow
          label={t("assistant.answers")}
          help={t("assistant.answers_help")}
          error={faultAt(faults, "settings.assistant.answers")}
        >
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={policy.answers ?? ""}
              onChange={(event) => onChange({ answers: event.target.value || null })}
            >
              <option value="">{t("assistant.answers_last", { title: last.title })}</option>
              {able.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </FormRow>
      )}
    </section>
  );
}

/** What reaches the model of the item, the guideline and the instructions. */
function Given({ spec, policy, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const { slug } = useProject();
  const examples = useExamples(slug).data?.examples.length ?? 0;
  const seen = fieldsSeen(policy, spec.subject);
  const fault = faultAt(faults, "settings.assistant.fields");
  return (
    <section className="card box" aria-labelledby="given">
      <h3 id="given" className="q">
        {t("assistant.given")}
      </h3>
      <p className="ctl">{t("assistant.given_note")}</p>
      <Query {...{ spec, policy, faults, onChange }} />
      <fieldset className="stack">
        <legend className="ctl q">{t("assistant.fields")}</legend>
        <div className="checks">
          {spec.subject.map(({ name, title, show }) => (
            <Switch
              key={name}
              isOn={seen.includes(name)}
              disabled={show === "video"}
              onChange={(isOn) => onChange({ fields: withField(policy, spec.subject, name, isOn) })}
            >
              <span dir="auto">{title}</span>
              {(show === "hidden" || show === "video") && (
                <span className="meta"> {t(`assistant.field_${show}`)}</span>
              )}
            </Switch>
          ))}
        </div>
        <p className="meta">
          {t(policy.fields === null ? "assistant.fields_default" : "assistant.fields_chosen")}
        </p>
        {fault && (
          <p className="error-text" role="alert">
            {fault}
          </p>
        )}
      </fieldset>
      <FormRow label={t("assistant.instructions")} help={t("assistant.instructions_help")}>
        {(tied) => (
          <textarea
            className="field"
            rows={4}
            dir="auto"
            {...tied}
            value={policy.instructions}
            onChange={(event) => onChange({ instructions: event.target.value })}
          />
        )}
      </FormRow>
      <Switch isOn={policy.guideline} onChange={(guideline) => onChange({ guideline })}>
        {t("assistant.guideline")}
      </Switch>
      <Switch isOn={policy.examples} onChange={(on) => onChange({ examples: on })}>
        {t("assistant.examples")}
      </Switch>
      <p className="meta">
        {t("assistant.examples_help", { count: examples, formatted: formatNumber(examples) })}
      </p>
    </section>
  );
}

function Query({ spec, policy, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const drafted = draftedQuestion(policy, spec.questions);
  const asking = spec.questions.filter(({ kind, name }) => kind === "text" && name !== drafted?.name);
  const source = querySource(policy, spec)?.by ?? "none";
  return (
    <FormRow
      label={t("assistant.query")}
      help={t(`assistant.query_help_${source}`)}
      error={faultAt(faults, "settings.assistant.query")}
    >
      {(tied) => (
        <select
          className="field"
          {...tied}
          value={policy.query ?? ""}
          onChange={(event) => onChange({ query: event.target.value || null })}
        >
          <option value="">{t("assistant.query_none")}</option>
          {policy.query !== null && source === "none" && <option value={policy.query}>{policy.query}</option>}
          {asking.length > 0 && (
            <optgroup label={t("assistant.query_people")}>
              {asking.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label={t("assistant.query_items")}>
            {spec.subject
              .filter(({ show }) => show !== "image" && show !== "video")
              .map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
          </optgroup>
        </select>
      )}
    </FormRow>
  );
}

function How(props: EditorProps) {
  const { t } = useTranslation();
  const { policy, onChange } = props;
  return (
    <section className="card box" aria-labelledby="how">
      <h3 id="how" className="q">
        {t("assistant.how")}
      </h3>
      <Switch isOn={policy.may_not_know} onChange={(may_not_know) => onChange({ may_not_know })}>
        {t("assistant.may_not_know")}
      </Switch>
      <p className="meta">{t("assistant.may_not_know_help")}</p>
      <div className="two">
        <NumberRow {...props} name="max_words" range={[1, 20_000]} isOptional />
        <NumberRow {...props} name="max_tokens" range={[1, 32_768]} />
        <NumberRow {...props} name="temperature" range={[0, 2]} step={0.1} />
        <NumberRow {...props} name="seed" range={[0, Number.MAX_SAFE_INTEGER]} isOptional />
      </div>
    </section>
  );
}

function Becomes(props: EditorProps) {
  const { t } = useTranslation();
  const { policy, faults, onChange } = props;
  const unused = policy.copying === "allow";
  return (
    <section className="card box" aria-labelledby="becomes">
      <h3 id="becomes" className="q">
        {t("assistant.becomes")}
      </h3>
      <FormRow
        label={t("assistant.copying")}
        help={t(`assistant.copying_help_${policy.copying}`)}
        error={faultAt(faults, "settings.assistant.copying")}
      >
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={policy.copying}
            onChange={(event) => onChange({ copying: event.target.value as AssistantPolicy["copying"] })}
          >
            {COPYING.map((each) => (
              <option key={each} value={each}>
                {t(`assistant.copying_${each}`)}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      <div className="two">
        <NumberRow
          {...props}
          name="copy_limit"
          range={[0, 100]}
          isShare
          disabled={unused}
          {...(unused ? { help: t("assistant.copy_limit_unused") } : {})}
        />
        <NumberRow {...props} name="most_drafts" range={[1, 100]} />
        <NumberRow {...props} name="holdout_share" range={[0, 100]} isShare />
      </div>
    </section>
  );
}

type Numbers =
  | "max_words"
  | "max_tokens"
  | "temperature"
  | "seed"
  | "most_drafts"
  | "copy_limit"
  | "holdout_share";

interface NumberProps extends EditorProps {
  name: Numbers;
  range: readonly [number, number];
  step?: number;
  /** Empty stands for none. */
  isOptional?: boolean;
  /** Shown in percent. */
  isShare?: boolean;
  disabled?: boolean;
  help?: string;
}

function NumberRow({ name, range, step = 1, isOptional, isShare, disabled, help, ...editor }: NumberProps) {
  const { t } = useTranslation();
  const { policy, faults, onChange } = editor;
  const value = policy[name];
  const shown = value === null ? "" : isShare ? Number((value * 100).toFixed(6)) : value;
  const read = (text: string) => {
    if (text === "" && isOptional) return null;
    return isShare ? numberOf(text) / 100 : numberOf(text);
  };
  return (
    <FormRow
      label={t(`assistant.${name}`)}
      help={help ?? t(`assistant.${name}_help`)}
      error={faultAt(faults, `settings.assistant.${name}`)}
    >
      {(tied) => (
        <input
          className="field"
          type="number"
          min={range[0]}
          max={range[1]}
          step={isShare ? "any" : step}
          disabled={disabled}
          {...tied}
          value={shown}
          onChange={(event) => onChange({ [name]: read(event.target.value) })}
        />
      )}
    </FormRow>
  );
}
