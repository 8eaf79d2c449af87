/** How strictly a judge reads a part, in words. */
import { useTranslation } from "react-i18next";
import { FormRow } from "../shared/FormRow";

export const HARSHNESS = [1, 2, 3, 4, 5] as const;

interface Props {
  value: number;
  fault: string | null;
  onChange: (harshness: number) => void;
}

export function HarshnessField({ value, fault, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <FormRow label={t("rubric.harshness")} help={t("rubric.harshness_help")} error={fault}>
      {(tied) => (
        <select
          className="field"
          {...tied}
          value={value}
          onChange={(event) => onChange(Number(event.target.value))}
        >
          {HARSHNESS.map((each) => (
            <option key={each} value={each}>
              {t(`rubric.harshness_${each}`)}
            </option>
          ))}
        </select>
      )}
    </FormRow>
  );
}
