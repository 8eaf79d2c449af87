/** The score of one rubric, live: points, how they add up, how far from the threshold, and what that means. */
import { useTranslation } from "react-i18next";
import { Icon } from "../shared/Icon";
import { formatPoints } from "./figures";
import type { Score } from "./score";
import type { Rubric, Status } from "./types";

interface Props {
  rubric: Rubric;
  score: Score;
  /** Named where there is more than one. */
  isNamed: boolean;
}

export function ScoreBar({ rubric, score, isNamed }: Props) {
  const { t } = useTranslation();
  const { max_score: most, threshold } = rubric;
  const place = (value: number) => `${Math.min(100, Math.max(0, (100 * value) / most))}%`;
  return (
    <section
      className="score"
      data-status={score.status ?? "open"}
      aria-label={isNamed ? rubric.title : t("review.score.title")}
    >
      <div className="figure">
        {isNamed && (
          <span className="meta name" dir="auto">
            {rubric.title}
          </span>
        )}
        <span className="n">{formatPoints(score.shown, most)}</span>{" "}
        <span className="meta">{t("review.score.of", { most: formatPoints(most, most, true) })}</span>
      </div>
      <div className="how">
        <p className="formula" tabIndex={0}>
          <span className="vh">{t("review.score.formula")}: </span>
          <bdi dir="ltr">{formulaOf(score, most)}</bdi>
        </p>
        <div className="scale" aria-hidden="true">
          <i style={{ inlineSize: place(score.shown) }} />
          {threshold > 0 && <b style={{ insetInlineStart: place(threshold) }} />}
        </div>
        <Distance rubric={rubric} score={score} />
      </div>
      <StatusWord status={score.status} />
    </section>
  );
}

/** `30 × 3/3 + 30 × 2/3 − 4 × 1` */
export function formulaOf({ terms }: Score, most: number): string {
  const criteria = terms
    .filter((term) => term.kind === "criterion")
    .map((term) => `${formatPoints(term.most, most, true)} × ${term.level ?? "?"}/${term.levels}`);
  const errors = terms
    .filter((term) => term.kind === "error")
    .filter(({ count }) => count > 0)
    .map(({ penalty, count }) => ` − ${formatPoints(penalty, most, true)} × ${count}`);
  const first = criteria.length > 0 ? criteria.join(" + ") : formatPoints(most, most, true);
  return first + errors.join("");
}

function Distance({ rubric, score }: Omit<Props, "isNamed">) {
  const { t } = useTranslation();
  const { max_score: most, threshold } = rubric;
  const gap = formatPoints(Math.abs(score.raw - threshold), most);
  const words = () => {
    if (score.status === null) return t("review.score.left", { count: score.open.length });
    const at = formatPoints(threshold, most, true);
    if (score.raw === threshold) return t("review.score.at", { threshold: at });
    return t(score.raw < threshold ? "review.score.below" : "review.score.above", {
      points: gap,
      threshold: at,
    });
  };
  const isClipped = score.status !== null && score.raw !== score.shown;
  const clipped = { raw: formatPoints(score.raw, most), shown: formatPoints(score.shown, most) };
  return (
    <p className="meta">
      {words()}
      {isClipped && ` · ${t("review.score.clipped", clipped)}`}
    </p>
  );
}

export function StatusWord({ status }: { status: Status | null }) {
  const { t } = useTranslation();
  return (
    <span className="status" data-status={status ?? "open"}>
      {status !== null && <Icon name={status === "passed" ? "check" : "redo"} />}
      {t(`review.score.${status ?? "open"}`)}
    </span>
  );
}
