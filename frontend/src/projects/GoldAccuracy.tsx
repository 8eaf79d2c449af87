/** How often the suggestions are right where the answer is known, with the interval that number deserves. */
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Progress } from "../api/researcher_types";
import type { Project } from "../api/types";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { wilson } from "./interval";
import { Whisker } from "./Whisker";

interface Props {
  progress: Progress;
  project: Project;
  className: string;
}

export function GoldAccuracy({ progress, project, className }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [isTable, showTable] = useState(false);
  const rows = progress.gold.filter((row) => row.n > 0);
  const most = Math.max(0, ...rows.map((row) => row.n));
  const title = (name: string) => project.questions.find((question) => question.name === name)?.title ?? name;
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{t("project.gold")}</h2>
        {rows.length > 0 && <span className="meta">{t("project.gold_note", { count: most })}</span>}
        <span className="grow" />
        {rows.length > 0 && (
          <Button look="quiet" small aria-pressed={isTable} onClick={() => showTable(!isTable)}>
            {t("project.show_table")}
          </Button>
        )}
      </header>
      {rows.length === 0 ? (
        <p className="pad meta">
          {t(progress.suggestions.items === 0 ? "project.gold_no_suggestions" : "project.gold_none")}{" "}
          <Link to="/p/$slug/import" params={{ slug: project.slug }}>
            {t("project.gold_import")}
          </Link>
        </p>
      ) : (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("project.question")}</th>
                {!isTable && <th scope="col">{t("project.accuracy")}</th>}
                <th scope="col" className="num">
                  {isTable ? t("project.accuracy") : <span className="vh">{t("project.accuracy_number")}</span>}
                </th>
                {isTable && (
                  <>
                    <th scope="col" className="num">
                      {t("project.interval")}
                    </th>
                    <th scope="col" className="num">
                      {t("project.right")}
                    </th>
                  </>
                )}
                <th scope="col" className="num">
                  {t("project.items")}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => {
                const { low, high } = wilson(row.right, row.n);
                return (
                  <tr key={row.question}>
                    <th scope="row" dir="auto">
                      {title(row.question)}
                    </th>
                    {!isTable && (
                      <td>
                        <Whisker value={row.right / row.n} low={low} high={high} />
                      </td>
                    )}
                    <td className="num">{(row.right / row.n).toFixed(2)}</td>
                    {isTable && (
                      <>
                        <td className="num">
                          {low.toFixed(2)}–{high.toFixed(2)}
                        </td>
                        <td className="num">{formatNumber(row.right)}</td>
                      </>
                    )}
                    <td className="num meta">{formatNumber(row.n)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
