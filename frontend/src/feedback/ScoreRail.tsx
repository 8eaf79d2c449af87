/** The score that stands with what it is made of: a bar for each criterion, points off for each error. */
import { useTranslation } from "react-i18next";
import { formatPoints } from "../review/figures";
import type { Rubric } from "../review/types";
import { formatPercent } from "../shared/format";
import { pointsOf } from "./cards";
import type { Feedback, RubricScore } from "./types";

interface Props {
  rubrics: readonly Rubric[];
  /** Whose score stands; null when there is none. */
  standing: Feedback | null;
}

export function ScoreRail({ rubrics, standing }: Props) {
  const { t } = useTranslation();
  const scores = (standing?.scores ?? []).flatMap((score) => {
    const rubric = rubrics.find(({ name }) => name === score.rubric);
    return rubric === undefined ? [] : [{ rubric, score }];
  });
  return (
    <section>
      <h2>{t("feedback.score")}</h2>
      {scores.length === 0 && <p className="meta">{t("feedback.no_score")}</p>}
      {scores.map(({ rubric, score }) => (
        <OneScore key={rubric.name} rubric={rubric} score={score} isNamed={scores.length > 1} />
      ))}
    </section>
  );
}

function OneScore({ rubric, score, isNamed }: { rubric: Rubric; score: RubricScore; isNamed: boolean }) {
  const { t } = useTranslation();
  const name = isNamed && (
    <h3 className="meta" dir="auto">
      {rubric.title}
    </h3>
  );
  if (score.score === null)
    return (
      <>
        {name}
        <p className="meta">{t("feedback.no_verdict_because", { reason: score.reason ?? "" })}</p>
      </>
    );
  const points = (value: number, isWhole = false) => formatPoints(value, rubric.max_score, isWhole);
  const { parts, shown } = score.score;
  const off = rubric.errors.reduce((sum, { name: error }) => sum + (parts[error] ?? 0), 0);
  return (
    <>
      {name}
      <p className="row total">
        <span className="kpi">{points(shown)}</span>
        <span className="meta">
          {t("feedback.passes_at", {
            most: points(rubric.max_score, true),
            threshold: points(rubric.threshold, true),
          })}
        </span>
      </p>
      <dl className="sc">
        {rubric.criteria.map((criterion) => {
          const found = pointsOf(rubric, criterion, score);
          return (
            <div key={criterion.name}>
              <dt dir="auto">{criterion.title}</dt>
              <dd>{found ? points(found.got) : t("feedback.left_out")}</dd>
              {found && (
                <span
                  className="bar ink"
                  style={{ "--v": formatPercent(found.got / found.most).replace(" ", "") }}
                  aria-hidden="true"
                >
                  <i />
                </span>
              )}
            </div>
          );
        })}
        {rubric.errors.length > 0 && (
          <div>
            <dt>{t("feedback.points_off")}</dt>
            <dd className={off < 0 ? "redo" : undefined}>{points(off)}</dd>
          </div>
        )}
      </dl>
    </>
  );
}
