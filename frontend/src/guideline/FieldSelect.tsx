/** One field of the subject, chosen from those that fit. */
import { useTranslation } from "react-i18next";
import type { SubjectField } from "../api/types";
import { FormRow } from "../shared/FormRow";

interface Props {
  label: string;
  help?: string;
  value: string | null;
  fields: readonly SubjectField[];
  /** What stands for no field, where one need not be chosen. */
  none?: string;
  onChange: (field: string | null) => void;
}

export function FieldSelect({ label, help, value, fields, none, onChange }: Props) {
  const { t } = useTranslation();
  const isKnown = fields.some(({ name }) => name === value);
  return (
    <FormRow label={label} help={help}>
      {(tied) => (
        <select
          className="field"
          {...tied}
          value={isKnown ? (value ?? "") : ""}
          onChange={(event) => onChange(event.target.value || null)}
        >
          {(none !== undefined || !isKnown) && <option value="">{none ?? t("builder.choose_field")}</option>}
          {fields.map(({ name, title }) => (
            <option key={name} value={name}>
              {title || name}
            </option>
          ))}
        </select>
      )}
    </FormRow>
  );
}
