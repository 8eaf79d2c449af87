/** A role to choose, and what it may do. */
import { useTranslation } from "react-i18next";
import type { Role } from "../api/types";
import { FormRow } from "../shared/FormRow";

interface Props<R extends Role | "admin"> {
  roles: readonly R[];
  role: R;
  onChange: (role: R) => void;
}

export function RoleField<R extends Role | "admin">({ roles, role, onChange }: Props<R>) {
  const { t } = useTranslation();
  const chosen: Role | "admin" = role;
  return (
    <FormRow label={t("people.role")} help={t(`people.about_${chosen}`)}>
      {(tied) => (
        <select
          className="field"
          {...tied}
          value={chosen}
          onChange={(event) => onChange(event.target.value as R)}
        >
          {roles.map((each: Role | "admin") => (
            <option key={each} value={each}>
              {t(`roles.${each}`)}
            </option>
          ))}
        </select>
      )}
    </FormRow>
  );
}
