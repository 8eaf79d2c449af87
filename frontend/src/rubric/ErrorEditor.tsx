/** One kind of error: what it is, what it costs, whether every occurrence counts. */
import { useTranslation } from "react-i18next";
import type { Fault } from "../api/types";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { faultJustAt, numberOf, retitled } from "./draft";
import { HarshnessField } from "./HarshnessField";
import { type Named, ReferenceText } from "./ReferenceText";
import type { ErrorCategory } from "./types";

interface Props {
  error: ErrorCategory;
  taken: string[];
  named: Named[];
  where: string;
  faults: Fault[];
  onChange: (changes: Partial<ErrorCategory>) => void;
}

export function ErrorEditor({ error, taken, named, where, faults, onChange }: Props) {
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
              value={error.title}
              onChange={(event) => onChange(retitled(error, event.target.value, "error", taken))}
            />
          )}
        </FormRow>
        <FormRow label={t("rubric.penalty")} error={faultJustAt(faults, `${where}.penalty`)}>
          {(tied) => (
            <input
              className="field"
              type="number"
              min="0"
              step="any"
              {...tied}
              value={error.penalty}
              onChange={(event) => onChange({ penalty: numberOf(event.target.value) })}
            />
          )}
        </FormRow>
      </div>
      <ReferenceText
        label={t("rubric.definition")}
        help={t("rubric.definition_help")}
        value={error.definition}
        named={named}
        fault={faultJustAt(faults, `${where}.definition`)}
        onChange={(definition) => onChange({ definition })}
      />
      <Switch isOn={error.counted} onChange={(counted) => onChange({ counted })}>
        {t("rubric.counted")}
      </Switch>
      <div className="two">
        <HarshnessField
          value={error.harshness}
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
              value={error.name}
              onChange={(event) => onChange({ name: event.target.value })}
            />
          )}
        </FormRow>
      </div>
    </>
  );
}
