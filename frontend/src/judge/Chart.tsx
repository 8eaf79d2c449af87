/** A chart with a heading, and the same figures as a table on demand. */
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { TableScroll } from "../shared/TableScroll";

interface Props {
  title: string;
  note?: ReactNode;
  chart: ReactNode;
  /** The rows of the same figures: the first cell of each names it. */
  columns: string[];
  rows: (readonly string[])[];
}

export function Chart({ title, note, chart, columns, rows }: Props) {
  const { t } = useTranslation();
  const [isTable, showTable] = useState(false);
  const id = useId();
  return (
    <div className="chart" role="group" aria-labelledby={id}>
      <div className="chart-head">
        <h3 className="q" id={id}>
          {title}
        </h3>
        {note && <span className="meta">{note}</span>}
        <span className="grow" />
        <Button
          look="quiet"
          small
          aria-pressed={isTable}
          aria-label={t("judge.table_of", { title })}
          onClick={() => showTable(!isTable)}
        >
          {t("project.show_table")}
        </Button>
      </div>
      {isTable ? (
        <TableScroll label={title}>
          <table className="table">
            <thead>
              <tr>
                {columns.map((column, place) => (
                  <th key={column} scope="col" className={place > 0 ? "num" : undefined}>
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, ...cells]) => (
                <tr key={name}>
                  <th scope="row" dir="auto">
                    {name}
                  </th>
                  {cells.map((cell, place) => (
                    <td key={columns[place + 1]} className="num">
                      <bdi>{cell}</bdi>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      ) : (
        chart
      )}
    </div>
  );
}

interface BarRow {
  name: string;
  /** What the bars of one name say, the judge's dashed and people's solid; `plain` stands for neither. */
  bars: { of: "model" | "person" | "plain"; share: number; text: string; label: string }[];
}

/** Bars in rows, one or two to a name, each with its figure beside it. */
export function BarRows({ rows }: { rows: BarRow[] }) {
  return (
    <dl className="bar-rows">
      {rows.map(({ name, bars }) => (
        <div key={name}>
          <dt className="ctl" dir="auto">
            {name}
          </dt>
          {bars.map(({ of, share, text, label }) => (
            <dd key={label} className="bar-row">
              <span className="track" data-of={of} aria-hidden="true">
                {share > 0 && <i style={{ inlineSize: `${Math.min(100, share * 100)}%` }} />}
              </span>
              <span className="meta">
                <span className="vh">{label}: </span>
                <bdi>{text}</bdi>
              </span>
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}

/** Who the two kinds of bars stand for. */
export function Legend() {
  const { t } = useTranslation();
  return (
    <p className="meta legend" aria-hidden="true">
      <span className="track" data-of="model">
        <i style={{ inlineSize: "100%" }} />
      </span>{" "}
      {t("judge.the_judge")}
      <span className="track" data-of="person">
        <i style={{ inlineSize: "100%" }} />
      </span>{" "}
      {t("judge.people")}
    </p>
  );
}
