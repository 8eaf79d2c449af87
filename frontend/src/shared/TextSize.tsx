import { useTranslation } from "react-i18next";
import { savePreferences, useMe } from "../api/session";
import { Button } from "./Button";
import { DEFAULT_TEXT_SIZE, TEXT_SIZES } from "./text_size";

export function TextSize() {
  const { t } = useTranslation();
  const size = useMe().preferences.text_size ?? DEFAULT_TEXT_SIZE;
  const smaller = TEXT_SIZES.findLast((other) => other < size);
  const larger = TEXT_SIZES.find((other) => other > size);
  const take = (text_size: number | undefined) => text_size && void savePreferences({ text_size });
  return (
    <div className="row ctl" style={{ paddingInlineStart: 11 }}>
      <span className="grow">{t("annotate.text_size")}</span>
      <Button
        look="quiet"
        small
        icon="minus"
        aria-label={t("annotate.text_smaller")}
        disabled={!smaller}
        onClick={() => take(smaller)}
      />
      <span>{size}</span>
      <Button
        look="quiet"
        small
        icon="plus"
        aria-label={t("annotate.text_larger")}
        disabled={!larger}
        onClick={() => take(larger)}
      />
    </div>
  );
}
