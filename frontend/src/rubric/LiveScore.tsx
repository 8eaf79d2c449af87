/** Try the rubric before anybody is graded by it: grades and counts in, score and status out. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPoints } from "../review/figures";
import "../review/review.css";
import { ScoreBar } from "../review/ScoreBar";
import { NOT_APPLICABLE, score } from "../review/score";
import { Button } from "../shared/Button";
import { weightSum, weightsFit } from "./draft";
import type { Criterion, Rubric } from "./types";

export function LiveScore({ rubric }: { rubric: Rubric }) {
  const { t } = useTranslation();
  const [tried, tryGrades] = useState<Record<string, string>>({});
  const [counts, count] = useState<Record<string, number>>({});
  const grades = Object.fromEntries(
    rubric.criteria.map((criterion) => [criterion.name, gradeNow(criterion, tried[criterion.name])]),
  );
  const found = score(rubric, grades, counts);
  return (
    <aside className="preview-pane try-score" aria-label={t("rubric.try")}>
      <p className="meta">{t("rubric.try_note")}</p>
      <div className="stack">
        {rubric.criteria.map((criterion, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
          <div key={place} className="try-part">
            <span className="ctl" dir="auto">
              {criterion.title || t("builder.untitled")}{" "}
              <span className="meta">
                {grades[criterion.name] === NOT_APPLICABLE
                  ? t("review.not_counted")
                  : formatPoints(found.parts[criterion.name] ?? 0, rubric.max_score)}
              </span>
            </span>
            <div
              className="seg soft"
              role="radiogroup"
              aria-label={t("review.grade_of", { part: criterion.title || t("builder.untitled") })}
            >
              {choices(criterion, t("review.na")).map(({ name, label, level }) => (
                <label key={name}>
                  <input
                    type="radio"
                    name={`try-${place}`}
                    checked={grades[criterion.name] === name}
                    onChange={() => tryGrades({ ...tried, [criterion.name]: name })}
                  />
                  <span dir="auto">{label || level}</span>
                </label>
              ))}
            </div>
          </div>
        ))}
        {rubric.errors.map((error, place) => {
          const n = counts[error.name] ?? 0;
          const part = error.title || t("builder.untitled");
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            <div key={place} className="row">
              <span className="ctl grow" dir="auto">
                {part}{" "}
                <span className="meta">
                  {t(error.counted ? "review.each" : "review.once", { points: error.penalty })}
                </span>
              </span>
              <span className="step">
                <Button
                  look="quiet"
                  small
                  icon="minus"
                  aria-label={t("review.fewer", { part })}
                  aria-disabled={n === 0}
                  onClick={() => count({ ...counts, [error.name]: Math.max(0, n - 1) })}
                />
                <output aria-label={t("review.count_of", { part })}>{n}</output>
                <Button
                  look="quiet"
                  small
                  icon="plus"
                  aria-label={t("review.more", { part })}
                  aria-disabled={!error.counted && n === 1}
                  onClick={() => count({ ...counts, [error.name]: error.counted ? n + 1 : 1 })}
                />
              </span>
            </div>
          );
        })}
      </div>
      <div role="status">
        <ScoreBar rubric={rubric} score={found} isNamed={false} />
      </div>
      {!weightsFit(rubric) && (
        <p className="meta">
          {t("rubric.try_weights", { sum: `${Number((weightSum(rubric) * 100).toFixed(2))} %` })}
        </p>
      )}
    </aside>
  );
}

/** The grade that is tried: the chosen one while it is there, else the best. */
function gradeNow({ grades, allow_na }: Criterion, tried: string | undefined): string | null {
  if (tried === NOT_APPLICABLE && allow_na) return tried;
  if (grades.some(({ name }) => name === tried)) return tried ?? null;
  return [...grades].sort((one, other) => other.level - one.level)[0]?.name ?? null;
}

function choices({ grades, allow_na }: Criterion, na: string) {
  const ordered = [...grades].sort((one, other) => one.level - other.level);
  return allow_na ? [...ordered, { name: NOT_APPLICABLE, label: na, level: 0 }] : ordered;
}
