/** Which model is asked. */
import { useTranslation } from "react-i18next";
import type { Model } from "../api/researcher_types";
import { FormRow } from "../shared/FormRow";

interface Props {
  models: Model[];
  model: number;
  help?: string | undefined;
  onChange: (model: number) => void;
}

export function ModelField({ models, model, help, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <FormRow label={t("bench.model")} help={help}>
      {(tied) => (
        <select
          className="field"
          {...tied}
          value={model}
          onChange={(event) => onChange(Number(event.target.value))}
        >
          {models.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      )}
    </FormRow>
  );
}
