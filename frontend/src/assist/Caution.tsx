/** A word of care where the drafts stand, with what was measured on this project. */
import { useTranslation } from "react-i18next";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { Measured } from "./types";

export function Caution({ measured }: { measured: Measured | null | undefined }) {
  const { t } = useTranslation();
  return (
    <p className="note warn">
      <Icon name="warning" />
      <span>
        <b>{t("assist.caution.check")}</b> {found(measured, t)}
      </span>
    </p>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

function found(measured: Measured | null | undefined, t: Translate): string {
  if (!measured || measured.rated === 0) return t("assist.caution.not_measured");
  const { rated, made_up, wrong } = measured;
  const which = made_up > 0 && wrong > 0 ? "both" : made_up > 0 ? "made_up" : wrong > 0 ? "wrong" : "neither";
  const counts = { count: rated, made_up: formatNumber(made_up), wrong: formatNumber(wrong) };
  return t(`assist.caution.${which}`, counts);
}
