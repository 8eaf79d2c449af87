/** By which rubric one reviews, in which order one and the judge speak, and what the judge says of the whole. */
import { useTranslation } from "react-i18next";
import { Mark } from "../shared/Mark";
import { formatPoints } from "./figures";
import type { JudgeOpinion, ReviewTask, Rubric } from "./types";

export function RubricHead({
  task,
  opinion,
  judgeWaits,
}: {
  task: ReviewTask;
  opinion: JudgeOpinion | null;
  judgeWaits: boolean;
}) {
  const { t } = useTranslation();
  const [first] = task.rubrics;
  const words = [
    task.rubrics.length === 1 && first?.title,
    t("review.version", { version: task.rubric_version }),
    task.rubrics.length === 1 &&
      first &&
      t("review.passes_at", { threshold: formatPoints(first.threshold, first.max_score, true) }),
  ].filter(Boolean);
  return (
    <div className="rubric-head">
      <h2 className="q">{t("review.rubric")}</h2>
      <span className="meta" dir="auto">
        {words.join(" · ")}
      </span>
      <span className="grow" />
      {(judgeWaits || opinion !== null) && (
        <span className="row order">
          <span className="tag h">
            <Mark of="person" /> {t("review.you")}
          </span>
          <span className="meta">{t("review.then")}</span>
          <span className="tag m">
            <Mark of="model" /> {t(judgeWaits ? "review.judge_later" : "review.judge_shown")}
          </span>
        </span>
      )}
      {opinion !== null && <JudgeSays opinion={opinion} rubrics={task.rubrics} />}
    </div>
  );
}

/** The judge's own verdict on the whole, and how far it is to be trusted. */
function JudgeSays({ opinion, rubrics }: { opinion: JudgeOpinion; rubrics: readonly Rubric[] }) {
  const { t } = useTranslation();
  const share = (value: number | null) => (value === null ? "–" : value.toFixed(2));
  const scored = opinion.scores.filter(({ score }) => score !== null);
  const points = scored.map(({ rubric, score }) => {
    const most = rubrics.find(({ name }) => name === rubric)?.max_score ?? 100;
    return formatPoints(score?.shown ?? 0, most);
  });
  return (
    <p className="judge-says meta">
      {opinion.status ? (
        <b className="tag m">
          {[t("review.judge.status", { status: t(`review.score.${opinion.status}`) }), ...points].join(" ")}
        </b>
      ) : (
        opinion.reason && <span className="tag m">{opinion.reason}</span>
      )}{" "}
      {t(opinion.binds ? "review.judge.binds" : "review.judge.advice")}
      {" · "}
      {opinion.card === null
        ? t("review.judge.no_card")
        : t("review.judge.card", {
            recall: share(opinion.card.recall),
            precision: share(opinion.card.precision),
            items: opinion.card.n,
          })}
    </p>
  );
}
