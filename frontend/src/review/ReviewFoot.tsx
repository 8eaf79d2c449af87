/** The foot of a review: take back, pass on, and the one primary action with a sentence on what happens then. */
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { Icon } from "../shared/Icon";
import { CommandKey } from "../shared/Kbd";
import type { Outlook } from "./review_form";

interface Props {
  /** Null before the start. */
  outlook: Outlook | null;
  isCalibration: boolean;
  isLastChance: boolean;
  isBusy: boolean;
  onUndo: () => void;
  onSkip?: () => void;
  onList: () => void;
}

export function ReviewFoot({ outlook, isCalibration, isLastChance, isBusy, onUndo, onSkip, onList }: Props) {
  const { t } = useTranslation();
  const act = actOf(outlook, isCalibration, isLastChance);
  const part = outlook !== null && "part" in outlook ? outlook.part.title : "";
  const forecast = outlook !== null && "part" in outlook ? outlook.act : act;
  return (
    <footer className="foot">
      <Button look="quiet" icon="undo" command="review.undo" onClick={onUndo}>
        {t("review.undo")}
      </Button>
      {onSkip && (
        <Button look="quiet" icon="skip" command="review.skip" onClick={onSkip}>
          {t("review.skip")}
        </Button>
      )}
      <Button look="quiet" className="wide" icon="history" onClick={onList}>
        {t("review.list")}
      </Button>
      <span className="grow" />
      <span className="meta forecast" role="status">
        {t(`review.forecast.${forecast}`, { part })}
      </span>
      <button
        type="submit"
        form="rubric"
        className="btn primary submit"
        data-act={act}
        aria-disabled={isBusy}
      >
        {(act === "redo" || act === "last") && <Icon name="redo" />}
        {act === "passed" && <Icon name="check" />}
        {t(`review.submit.${act}`)} <CommandKey id="review.submit" />
      </button>
    </footer>
  );
}

function actOf(outlook: Outlook | null, isCalibration: boolean, isLastChance: boolean) {
  if (outlook === null) return "start";
  if ("part" in outlook) return "next";
  if (outlook.act === "reveal") return "reveal";
  if (isCalibration) return "calibration";
  return outlook.status === "redo" && isLastChance ? "last" : outlook.status;
}
