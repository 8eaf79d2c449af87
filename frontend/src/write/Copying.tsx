/** Beside a text that is mostly a draft's: what that means here, in words. */
import { useTranslation } from "react-i18next";
import { Icon } from "../shared/Icon";
import { type CopyRule, inPercent, judged } from "./copied";

/** Most of a text is more than half of it. */
const MOST = 0.5;

export function Copying({ question, share, rule }: { question: string; share: number; rule: CopyRule }) {
  const { t } = useTranslation();
  const copied = judged(share, rule);
  return (
    <p
      className={copied === null ? undefined : `note ${copied.isBlocked ? "redo" : "warn"} copied`}
      id={`copied-${question}`}
      role="status"
    >
      {copied !== null && (
        <>
          <Icon name="warning" />
          <span>
            <b>
              {t(share > MOST ? "write.copied.most" : "write.copied.much", inPercent(share, copied.limit))}
            </b>{" "}
            {t(copied.isBlocked ? "write.copied.blocked" : "write.copied.check")}
          </span>
        </>
      )}
    </p>
  );
}
