/** How one's own answers do over time; nobody else sees it. */
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { myQualityQuery } from "./requests";
import type { FirstPass as Counts, MyQuality } from "./types";

interface Point {
  week: string;
  n: number;
  share: number;
}
const [WIDTH, HEIGHT, INSET] = [120, 34, 3];
const SHOWN_WEEKS = 12;

export function FirstPass({ slug, counts }: { slug: string; counts: Counts }) {
  const { t } = useTranslation();
  const id = useId();
  const { data } = useQuery(myQualityQuery(slug));
  const [isTable, showTable] = useState(false);
  const weeks = (data?.first_pass_by_week ?? [])
    .slice(-SHOWN_WEEKS)
    .map(({ week, n, passed }) => ({ week, n, share: n === 0 ? 0 : passed / n }));
  return (
    <section className="first-pass" aria-labelledby={id}>
      <h2 id={id}>
        <Icon name="lock" small /> {t("feedback.first_pass.title")}
      </h2>
      {counts.n === 0 ? (
        <p className="meta">{t("feedback.first_pass.nothing")}</p>
      ) : (
        <>
          <p className="row">
            <span className="kpi">{formatPercent(counts.passed / counts.n)}</span>
            {weeks.length > 1 && <Line points={weeks} label={lineLabel(weeks, t)} />}
          </p>
          <p className="meta">
            {t("feedback.first_pass.of", {
              count: counts.n,
              passed: formatNumber(counts.passed),
              n: formatNumber(counts.n),
            })}{" "}
            {t("feedback.first_pass.private")}
          </p>
        </>
      )}
      {data && (weeks.length > 0 || data.parts.length > 0) && (
        <Button look="quiet" small aria-expanded={isTable} onClick={() => showTable(!isTable)}>
          {t(isTable ? "feedback.first_pass.hide" : "feedback.first_pass.show")}
        </Button>
      )}
      {isTable && data && <Over weeks={weeks} parts={data.parts} />}
    </section>
  );
}

function Over({ weeks, parts }: { weeks: Point[]; parts: MyQuality["parts"] }) {
  const { t } = useTranslation();
  return (
    <>
      <WeekTable title={t("feedback.first_pass.title")} points={weeks} />
      {parts.map(({ part, title, weeks: means }) => {
        const points = means.slice(-SHOWN_WEEKS).map(({ week, n, mean }) => ({ week, n, share: mean }));
        return (
          <div key={part} className="part-over-time">
            <p className="row">
              <b className="grow" dir="auto">
                {title}
              </b>
              {points.length > 1 && <Line points={points} label={`${title}: ${lineLabel(points, t)}`} />}
            </p>
            <WeekTable title={title} points={points} />
          </div>
        );
      })}
    </>
  );
}

function WeekTable({ title, points }: { title: string; points: readonly Point[] }) {
  const { t } = useTranslation();
  return (
    <table className="table weeks">
      <caption className="vh">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t("feedback.first_pass.week")}</th>
          <th scope="col" className="num">
            {t("feedback.first_pass.answers")}
          </th>
          <th scope="col" className="num">
            {t("feedback.first_pass.share")}
          </th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ week, n, share }) => (
          <tr key={week}>
            <th scope="row">{week}</th>
            <td className="num">{formatNumber(n)}</td>
            <td className="num">{formatPercent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Line({ points, label }: { points: readonly Point[]; label: string }) {
  const places = points.map(({ share }, at) => ({
    x: INSET + (at * (WIDTH - 2 * INSET)) / Math.max(1, points.length - 1),
    y: HEIGHT - INSET - share * (HEIGHT - 2 * INSET),
  }));
  const last = places.at(-1);
  return (
    <svg className="line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <path d={`M0 ${HEIGHT - 0.5}h${WIDTH}`} stroke="var(--line-strong)" />
      <path
        d={`M${places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`}
        fill="none"
        stroke="var(--human)"
        strokeWidth="1.8"
        strokeLinejoin="round"
      />
      {last && <circle cx={last.x} cy={last.y} r="2.6" fill="var(--human)" />}
    </svg>
  );
}

function lineLabel(points: readonly Point[], t: ReturnType<typeof useTranslation>["t"]): string {
  return t("feedback.first_pass.line", {
    count: points.length,
    first: formatPercent(points[0]?.share ?? 0),
    last: formatPercent(points.at(-1)?.share ?? 0),
  });
}
