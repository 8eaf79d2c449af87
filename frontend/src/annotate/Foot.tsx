/** The foot: take back, pass on, ask, and the one primary action with a sentence on what Enter will do. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatList } from "../shared/format";
import { CommandKey } from "../shared/Kbd";
import { type Copied, inPercent } from "../write/copied";
import type { Outlook } from "./form";

interface Props {
  outlook: Outlook;
  /** The next Enter only confirms; the one after submits. */
  confirmsFirst: boolean;
  /** A text that is more a draft's than is right. */
  copied?: { title: string; copied: Copied } | null;
  /** The person was told so; the next press sends it as it is. */
  isCopyAccepted?: boolean;
  /** Titles of the texts that are to be written, where a model helps to write. */
  filled?: readonly string[];
  onUndo: () => void;
  onSkip?: () => void;
  onReject?: () => void;
  onFlag?: () => void;
  /** Ask the judge about the answer as it stands. */
  onCheck?: () => void;
}

export function Foot(props: Props) {
  const { confirmsFirst, onUndo, onSkip, onReject, onFlag, onCheck } = props;
  const { t } = useTranslation();
  return (
    <footer className="foot">
      <Button look="quiet" icon="undo" command="annotate.undo" onClick={onUndo}>
        {t("annotate.undo")}
      </Button>
      {onSkip && (
        <Button look="quiet" icon="skip" command="annotate.skip" onClick={onSkip}>
          {t("annotate.skip")}
        </Button>
      )}
      {onReject && (
        <Button look="quiet" className="wide" icon="x" command="annotate.reject_item" onClick={onReject}>
          {t("annotate.reject_item")}
        </Button>
      )}
      {onFlag && (
        <Button look="quiet" icon="flag" command="annotate.flag" onClick={onFlag}>
          {t("annotate.flag_item")}
        </Button>
      )}
      {onCheck && (
        <Button className="on-model" icon="search" command="annotate.check" onClick={onCheck}>
          {t("annotate.check")}
        </Button>
      )}
      {props.filled && <span className="meta escape">{t("write.escape")}</span>}
      <span className="grow" />
      <span className="meta forecast" role="status">
        <Forecast {...props} />
      </span>
      <button type="submit" form="form" className="btn primary submit">
        {t(confirmsFirst ? "annotate.confirm" : "annotate.submit")}{" "}
        <CommandKey id={props.filled ? "annotate.submit_text" : "annotate.submit"} />
      </button>
    </footer>
  );
}

function Forecast({ outlook, confirmsFirst, copied, isCopyAccepted, filled }: Props): ReactNode {
  const { t } = useTranslation();
  const { toConfirm, open, tooLong } = outlook;
  if (tooLong !== null) return t("annotate.forecast.too_long", { question: tooLong.title });
  if (open !== null) return t("annotate.forecast.open", { question: open.title });
  if (copied) {
    const { share, limit, isBlocked } = copied.copied;
    const outcome = isBlocked ? "forecast_blocked" : isCopyAccepted ? "forecast_again" : "forecast_check";
    return t(`write.copied.${outcome}`, { question: copied.title, ...inPercent(share, limit) });
  }
  if (confirmsFirst) return t("annotate.forecast.confirms_first", { count: toConfirm });
  if (toConfirm > 0) return t("annotate.forecast.confirms", { count: toConfirm });
  if (filled && filled.length > 0) return t("write.ready", { questions: formatList(filled) });
  return t("annotate.forecast.submits");
}
