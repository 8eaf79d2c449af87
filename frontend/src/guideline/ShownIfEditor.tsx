/** When a question is asked: always, or after certain answers to an earlier one. */
import { useTranslation } from "react-i18next";
import type { Question, ShownIf } from "../api/types";
import { hasOptions } from "../questions/kind";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";

interface Props {
  question: Question;
  earlier: Question[];
  onChange: (shownIf: ShownIf | null) => void;
}

export function ShownIfEditor({ question, earlier, onChange }: Props) {
  const { t } = useTranslation();
  const askable = earlier.filter(hasOptions);
  const condition = question.shown_if;
  const other = askable.find(({ name }) => name === condition?.question);
  if (askable.length === 0) return null;
  return (
    <div className="stack">
      <FormRow label={t("builder.asked")}>
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={condition?.question ?? ""}
            onChange={(event) =>
              onChange(event.target.value === "" ? null : { question: event.target.value, any_of: [] })
            }
          >
            <option value="">{t("builder.always")}</option>
            {askable.map((each) => (
              <option key={each.name} value={each.name}>
                {t("builder.only_after", { question: each.title })}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      {condition && other && (
        <fieldset className="actions">
          <legend className="meta">{t("builder.any_of")}</legend>
          {other.options.map((option) => (
            <Switch
              key={option.name}
              isOn={condition.any_of.includes(option.name)}
              onChange={(isOn) =>
                onChange({
                  ...condition,
                  any_of: isOn
                    ? [...condition.any_of, option.name]
                    : condition.any_of.filter((name) => name !== option.name),
                })
              }
            >
              {option.label}
            </Switch>
          ))}
        </fieldset>
      )}
    </div>
  );
}
