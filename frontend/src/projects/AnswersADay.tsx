/** Answers a day as bars, or the same as a table. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { TableScroll } from "../shared/TableScroll";
import { type Day, lastDays } from "./last_days";

const [WIDTH, HEIGHT, SHOWN] = [560, 44, 14];

export function AnswersADay({ days: counted, today = new Date() }: { days: Day[]; today?: Date }) {
  const { t } = useTranslation();
  const id = useId();
  const [isTable, showTable] = useState(false);
  const days = lastDays(counted, today, SHOWN);
  const most = Math.max(1, ...days.map((day) => day.answers));
  const sum = days.reduce((total, day) => total + day.answers, 0);
  const last = days.at(-1)?.answers ?? 0;
  return (
    <section className="card" aria-labelledby={id}>
      <div className="day-strip">
        <div>
          <h2 id={id}>{t("project.a_day")}</h2>
          <p className="meta">
            {t("project.a_day_note", { count: SHOWN, mean: formatNumber(Math.round(sum / SHOWN)) })}
          </p>
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t("project.a_day_chart", { most: formatNumber(most), today: formatNumber(last) })}
        >
          {days.map((day, place) => {
            const height = (day.answers / most) * HEIGHT;
            const step = WIDTH / SHOWN;
            return (
              <rect
                key={day.day}
                x={place * step + 2}
                y={HEIGHT - Math.max(height, 1)}
                width={step - 4}
                height={Math.max(height, 1)}
                rx="1.5"
                fill={day.answers === 0 ? "var(--line-strong)" : "var(--human)"}
                opacity={place === SHOWN - 1 ? 0.55 : 1}
              >
                <title>{`${day.day}: ${formatNumber(day.answers)}`}</title>
              </rect>
            );
          })}
        </svg>
        <Button look="quiet" small aria-pressed={isTable} onClick={() => showTable(!isTable)}>
          {t("project.show_table")}
        </Button>
      </div>
      {isTable && (
        <TableScroll label={t("project.a_day")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("project.day")}</th>
                <th scope="col" className="num">
                  {t("project.answers")}
                </th>
              </tr>
            </thead>
            <tbody>
              {days.map((day) => (
                <tr key={day.day}>
                  <th scope="row">{day.day}</th>
                  <td className="num">{formatNumber(day.answers)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  );
}
