/** Where the review on screen is: stored, kept in this tab, on its way, or refused. */
import { useTranslation } from "react-i18next";
import { Icon } from "../shared/Icon";

export type Standing = "stored" | "kept" | "storing" | "failed";

const LOOKS = {
  stored: { icon: "check", tone: "pass" },
  kept: { icon: "minus", tone: "meta" },
  storing: { icon: "sync", tone: "meta" },
  failed: { icon: "warning", tone: "redo" },
} as const;

export function Stored({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const { icon, tone } = LOOKS[standing];
  return (
    <span className="save" role="status" data-save={standing}>
      <span className={`row ctl ${tone}`}>
        <Icon name={icon} /> <span className="txt">{t(`review.standing.${standing}`)}</span>
      </span>
    </span>
  );
}
