/** One criterion or error: how often judge and people gave each grade, and which grades came together. */
import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../shared/format";
import { BarRows, Chart, Legend } from "./Chart";
import { gradesGiven, type Names, shareOf, total } from "./figures";
import { Confusion } from "./JudgeCardView";
import type { PartFigures } from "./types";

interface Props {
  part: string;
  figures: PartFigures;
  names: Names;
}

export function PartView({ part, figures, names }: Props) {
  const { t } = useTranslation();
  const title = names.part(part);
  const { judge, people } = figures.distribution;
  const grades = gradesGiven(part, figures, names);
  const isError = names.grades(part).length === 0;
  const label = (grade: string) =>
    isError ? t("judge.found", { count: Number(grade) }) : names.grade(part, grade);
  const [byJudge, byPeople] = [total(judge), total(people)];
  const bar = (of: "model" | "person", n: number, all: number) => ({
    of,
    share: shareOf(n, all),
    text: `${formatPercent(shareOf(n, all))} · ${formatNumber(n)}`,
    label: t(of === "model" ? "judge.the_judge" : "judge.people"),
  });
  if (figures.n === 0) return null;
  return (
    <details className="part-view">
      <summary className="ctl">
        <span dir="auto">{t("judge.look_into", { part: title })}</span>
      </summary>
      <div className="part-charts">
        <Chart
          title={t("judge.distribution")}
          columns={[t("judge.grade"), t("judge.the_judge"), t("judge.people")]}
          rows={grades.map((grade) => [
            label(grade),
            formatNumber(judge[grade] ?? 0),
            formatNumber(people[grade] ?? 0),
          ])}
          chart={
            <>
              <Legend />
              <BarRows
                rows={grades.map((grade) => ({
                  name: label(grade),
                  bars: [
                    bar("model", judge[grade] ?? 0, byJudge),
                    bar("person", people[grade] ?? 0, byPeople),
                  ],
                }))}
              />
            </>
          }
        />
        <Confusion
          title={t("judge.confusion")}
          scale={grades.map((grade) => ({ name: grade, label: label(grade) }))}
          counts={figures.confusion}
        />
      </div>
    </details>
  );
}
