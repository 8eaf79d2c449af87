/** The options of a question: label, definition, examples, key. */
import { useTranslation } from "react-i18next";
import type { ChoiceQuestion, ChoicesQuestion, Option } from "../api/types";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { moved, nameFrom, replaced, without } from "./draft";

interface Props {
  question: ChoiceQuestion | ChoicesQuestion;
  onChange: (options: Option[]) => void;
}

export function OptionsEditor({ question, onChange }: Props) {
  const { t } = useTranslation();
  const { options } = question;
  const taken = options.map(({ name }) => name);
  return (
    <fieldset className="stack">
      <legend className="ctl q">{t("builder.options")}</legend>
      <ol className="options">
        {options.map((option, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
          <li key={place}>
            <OneOption
              option={option}
              place={place}
              count={options.length}
              isMany={question.kind === "choices"}
              others={taken.filter((name) => name !== option.name)}
              onChange={(changes) => onChange(replaced(options, place, changes))}
              onMove={(by) => onChange(moved(options, place, by))}
              onRemove={() => onChange(without(options, place))}
            />
          </li>
        ))}
      </ol>
      <div>
        <Button
          small
          icon="plus"
          onClick={() =>
            onChange([
              ...options,
              {
                name: nameFrom("option", taken),
                label: "",
                definition: "",
                examples: [],
                exclusive: false,
                key: null,
              },
            ])
          }
        >
          {t("builder.add_option")}
        </Button>
      </div>
    </fieldset>
  );
}

interface OneProps {
  option: Option;
  place: number;
  count: number;
  isMany: boolean;
  others: string[];
  onChange: (changes: Partial<Option>) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function OneOption({ option, place, count, isMany, others, onChange, onMove, onRemove }: OneProps) {
  const { t } = useTranslation();
  const named = { title: option.label || t("builder.untitled") };
  const label = (text: string) => {
    const follows = option.name === nameFrom(option.label || "option", others);
    onChange({ label: text, ...(follows ? { name: nameFrom(text || "option", others) } : {}) });
  };
  return (
    <>
      <div className="option-line">
        <span className="bare-key">{option.key ?? (place < 9 ? place + 1 : "")}</span>
        <input
          className="field"
          dir="auto"
          aria-label={t("builder.label_of", { place: place + 1 })}
          value={option.label}
          onChange={(event) => label(event.target.value)}
        />
        <Button
          look="quiet"
          small
          disabled={place === 0}
          aria-label={t("builder.up_of", named)}
          onClick={() => onMove(-1)}
        >
          ↑
        </Button>
        <Button
          look="quiet"
          small
          disabled={place === count - 1}
          aria-label={t("builder.down_of", named)}
          onClick={() => onMove(1)}
        >
          ↓
        </Button>
        <Button look="quiet" small icon="x" aria-label={t("builder.remove_of", named)} onClick={onRemove} />
      </div>
      <details className="option-more">
        <summary className="meta">
          {option.definition ? <span dir="auto">{option.definition}</span> : t("builder.add_definition")}
        </summary>
        <div className="stack">
          <FormRow label={t("builder.definition")} help={t("builder.definition_help")}>
            {(tied) => (
              <textarea
                className="field"
                rows={2}
                dir="auto"
                {...tied}
                value={option.definition}
                onChange={(event) => onChange({ definition: event.target.value })}
              />
            )}
          </FormRow>
          <FormRow label={t("builder.examples")} help={t("builder.examples_help")}>
            {(tied) => (
              <textarea
                className="field"
                rows={2}
                dir="auto"
                {...tied}
                value={option.examples.join("\n")}
                onChange={(event) =>
                  onChange({ examples: event.target.value === "" ? [] : event.target.value.split("\n") })
                }
              />
            )}
          </FormRow>
          <div className="two">
            <FormRow label={t("builder.name_in_data")} help={t("builder.name_help")}>
              {(tied) => (
                <input
                  className="field mono"
                  {...tied}
                  value={option.name}
                  onChange={(event) => onChange({ name: event.target.value })}
                />
              )}
            </FormRow>
            <FormRow label={t("builder.key")} help={t("builder.key_help")}>
              {(tied) => (
                <input
                  className="field mono"
                  maxLength={1}
                  {...tied}
                  value={option.key ?? ""}
                  onChange={(event) => onChange({ key: event.target.value || null })}
                />
              )}
            </FormRow>
          </div>
          {isMany && (
            <Switch isOn={option.exclusive} onChange={(exclusive) => onChange({ exclusive })}>
              {t("builder.exclusive")}
            </Switch>
          )}
        </div>
      </details>
    </>
  );
}
