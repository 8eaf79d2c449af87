/** Which texts are compared, and which ties there are. */
import { useTranslation } from "react-i18next";
import type { PairwiseQuestion, Question, RankingQuestion, SubjectField } from "../api/types";
import type { ComparingQuestion } from "../questions/kind";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { FieldSelect } from "./FieldSelect";

interface Props<Q extends Question> {
  question: Q;
  subject: readonly SubjectField[];
  onChange: (changes: Partial<Question>) => void;
}

const TIES: PairwiseQuestion["ties"][] = ["none", "one", "two"];

export function ComparingEditor({ question, subject, onChange }: Props<ComparingQuestion>) {
  const { t } = useTranslation();
  const fields = subject.filter(({ show }) => /^(text|markdown|chat|image)$/.test(show));
  return (
    <>
      {question.kind === "pairwise" ? (
        <PairEditor question={question} subject={fields} onChange={onChange} />
      ) : (
        <SeveralEditor question={question} subject={fields} onChange={onChange} />
      )}
      <p className="meta">{t("builder.blind_help")}</p>
    </>
  );
}

function PairEditor({ question, subject, onChange }: Props<PairwiseQuestion>) {
  const { t } = useTranslation();
  return (
    <div className="three">
      <FieldSelect
        label={t("builder.first")}
        value={question.first}
        fields={subject}
        onChange={(first) => onChange({ first: first ?? "" })}
      />
      <FieldSelect
        label={t("builder.second")}
        value={question.second}
        fields={subject}
        onChange={(second) => onChange({ second: second ?? "" })}
      />
      <FormRow label={t("builder.ties")}>
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={question.ties}
            onChange={(event) => onChange({ ties: event.target.value as PairwiseQuestion["ties"] })}
          >
            {TIES.map((ties) => (
              <option key={ties} value={ties}>
                {t(`builder.ties_${ties}`)}
              </option>
            ))}
          </select>
        )}
      </FormRow>
    </div>
  );
}

function SeveralEditor({ question, subject, onChange }: Props<RankingQuestion>) {
  const { t } = useTranslation();
  const toggled = (field: string, isOn: boolean) =>
    isOn ? [...question.fields, field] : question.fields.filter((name) => name !== field);
  return (
    <>
      <fieldset className="actions">
        <legend className="ctl q">{t("builder.ranked_fields")}</legend>
        {subject.map(({ name, title }) => (
          <Switch
            key={name}
            isOn={question.fields.includes(name)}
            onChange={(isOn) => onChange({ fields: toggled(name, isOn) })}
          >
            {title || name}
          </Switch>
        ))}
      </fieldset>
      <Switch isOn={question.ties} onChange={(ties) => onChange({ ties })}>
        {t("builder.ranking_ties")}
      </Switch>
    </>
  );
}
