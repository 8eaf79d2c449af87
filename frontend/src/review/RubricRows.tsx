/** The criteria and errors of one rubric. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatPoints, withTitles } from "./figures";
import { type Part, partsOf } from "./review_form";
import type { Rubric } from "./types";

interface RubricRowsProps {
  rubric: Rubric;
  isNamed: boolean;
  only: readonly string[] | null;
  titles: Readonly<Record<string, string>>;
  points: Readonly<Record<string, number>>;
  rowOf: (part: Part) => ReactNode;
}

export function RubricRows({ rubric, isNamed, only, titles, points, rowOf }: RubricRowsProps) {
  const { t } = useTranslation();
  const rows = partsOf([rubric], only);
  const errors = rows.filter(({ kind }) => kind === "error");
  const off = errors.reduce((sum, { name }) => sum + (points[name] ?? 0), 0);
  return (
    <>
      {isNamed && (
        <div className="rubric-name">
          <span className="q" dir="auto">
            {rubric.title}
          </span>{" "}
          <span className="meta">
            {t("review.passes_at", { threshold: formatPoints(rubric.threshold, rubric.max_score, true) })}
          </span>
        </div>
      )}
      {rubric.description && (
        <p className="meta rubric-description" dir="auto">
          {withTitles(rubric.description, titles)}
        </p>
      )}
      {only !== null && <p className="meta rubric-description">{t("review.only", { count: rows.length })}</p>}
      {rows.filter(({ kind }) => kind === "criterion").map(rowOf)}
      {errors.length > 0 && (
        <div className="points-off">
          <span className="q">{t("review.points_off")}</span>
          <span className="grow" />
          <b dir="ltr" className={off < 0 ? "ctl redo" : "ctl"}>
            {formatPoints(off, rubric.max_score)}
          </b>
        </div>
      )}
      {errors.map(rowOf)}
    </>
  );
}
