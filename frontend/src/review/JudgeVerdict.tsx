/** What the judge says about one part, and whether the reviewer agrees. Dashed, as everything of a model. */
import { useTranslation } from "react-i18next";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { CommandKey } from "../shared/Kbd";
import { Mark } from "../shared/Mark";
import { valueLabel } from "./Earlier";
import { isVerdict, type Part } from "./review_form";
import type { Agreement, Verdict } from "./types";

interface Props {
  part: Part;
  verdict: Verdict;
  model: string;
  agreement: Agreement | null;
  isDisputed: boolean;
  isActive: boolean;
  onAgree: () => void;
  onDisagree: () => void;
}

export function JudgeVerdict(props: Props) {
  const { part, verdict, model, agreement, isDisputed, isActive, onAgree, onDisagree } = props;
  const { t } = useTranslation();
  const hasValue = isVerdict(verdict);
  const value = valueLabel(part, verdict.grade, verdict.count, t("review.na"));
  const contradicts = verdict.contradicts && valueLabel(part, verdict.contradicts, null, t("review.na"));
  return (
    <div className="verdict model">
      <div className="verdict-head">
        <span className="tag m">
          <Mark of="model" /> {t("review.judge.tag")}
        </span>
        <span className="meta model-name" dir="auto" title={model}>
          {model}
        </span>
        <span className="grow" />
        {hasValue && (
          <b dir="auto">
            <span className="vh">{t("review.judge.says", { value: "" })}</span>
            {value}
          </b>
        )}
        {hasValue && verdict.confidence !== null && <Confidence share={verdict.confidence} />}
      </div>
      {verdict.status !== "ok" && (
        <p className="flag">
          <Icon name="warning" small />
          <span>
            {verdict.reason
              ? t("review.judge.because", {
                  what: t(`review.judge.${verdict.status}`),
                  reason: verdict.reason,
                })
              : t(`review.judge.${verdict.status}`)}
          </span>
        </p>
      )}
      {verdict.explanation && <p dir="auto">{verdict.explanation}</p>}
      {contradicts && (
        <p className="flag">
          <Icon name="warning" small />
          <span>{t("review.judge.contradicts", { grade: contradicts })}</span>
        </p>
      )}
      {hasValue && (
        <div className="act" role="group" aria-label={t("review.judge.agreement", { part: part.title })}>
          <button
            type="button"
            className="btn soft sm"
            aria-pressed={agreement === "agree"}
            onClick={onAgree}
          >
            {t("review.judge.agree")} {isActive && <CommandKey id="review.agree" />}
          </button>
          <button
            type="button"
            className="btn soft sm"
            aria-pressed={agreement === "disagree"}
            onClick={onDisagree}
          >
            {t("review.judge.disagree")} {isActive && <CommandKey id="review.disagree" />}
          </button>
        </div>
      )}
      {isDisputed && (
        <p className="flag" role="status">
          {t(part.kind === "error" ? "review.judge.pick_own_count" : "review.judge.pick_own")}
        </p>
      )}
    </div>
  );
}

function Confidence({ share }: { share: number }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="bar" style={{ "--v": `${Math.round(share * 100)}%` }} aria-hidden="true">
        <i />
      </span>
      <span className="meta pc">
        <span className="vh">{t("review.judge.confidence", { share: "" })}</span>
        {formatPercent(share)}
      </span>
    </>
  );
}
