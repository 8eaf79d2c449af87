/** How often suggestions and people are right where the answer is known, with the interval those numbers deserve. */
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { GoldAccuracy as OnGold } from "../api/researcher_types";
import type { Project } from "../api/types";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { Mark } from "../shared/Mark";
import { TableScroll } from "../shared/TableScroll";
import { wilson } from "./interval";
import { Whisker } from "./Whisker";

type Counted = Pick<OnGold, "question" | "right" | "n">;

interface Props {
  /** What the newest run measured of its suggestions. */
  model: Counted[];
  /** Answers of people to the same questions. */
  people: Counted[];
  project: Project;
  hasSuggestions: boolean;
  className: string;
}

export function GoldAccuracy({ model, people, project, hasSuggestions, className }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [isTable, showTable] = useState(false);
  const asked = project.questions.filter(({ name }) =>
    [...model, ...people].some(({ question, n }) => question === name && n > 0),
  );
  const counted = { model, person: people };
  const shown = (["model", "person"] as const).filter((who) => counted[who].some(({ n }) => n > 0));
  const most = Math.max(0, ...[...model, ...people].map(({ n }) => n));
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{t("project.gold")}</h2>
        {most > 0 && <span className="meta">{t("project.gold_note", { count: most })}</span>}
        <span className="grow" />
        {asked.length > 0 && (
          <Button
            look="quiet"
            small
            aria-pressed={isTable}
            className="soft"
            onClick={() => showTable(!isTable)}
          >
            {t("project.show_table")}
          </Button>
        )}
      </header>
      {asked.length === 0 ? (
        <p className="pad meta">
          {t(hasSuggestions ? "project.gold_none" : "project.gold_no_suggestions")}{" "}
          <Link to="/p/$slug/import" params={{ slug: project.slug }}>
            {t("project.gold_import")}
          </Link>
        </p>
      ) : (
        <TableScroll label={t("project.gold")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("project.question")}</th>
                {shown.map((who) => (
                  <th key={who} scope="col" colSpan={isTable ? 3 : 2}>
                    <span className="said-by">
                      <Mark of={who} /> {t(`project.gold_${who}`)}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {asked.map((question) => (
                <tr key={question.name}>
                  <th scope="row" dir="auto">
                    {question.title}
                  </th>
                  {shown.map((who) => (
                    <Share
                      key={who}
                      of={who}
                      counted={counted[who].find((each) => each.question === question.name)}
                      isTable={isTable}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  );
}

/** A share as dot, interval and number; as a table its interval and counts in words. */
function Share({
  of,
  counted,
  isTable,
}: {
  of: "model" | "person";
  counted: Counted | undefined;
  isTable: boolean;
}) {
  const { t } = useTranslation();
  if (!counted || counted.n === 0)
    return (
      <td className="meta" colSpan={isTable ? 3 : 2}>
        {t("project.gold_nothing")}
      </td>
    );
  const { low, high } = wilson(counted.right, counted.n);
  const share = (counted.right / counted.n).toFixed(2);
  if (!isTable)
    return (
      <>
        <td>
          <Whisker of={of} value={counted.right / counted.n} low={low} high={high} />
        </td>
        <td className="num">{share}</td>
      </>
    );
  return (
    <>
      <td className="num">{share}</td>
      <td className="num">
        {low.toFixed(2)}–{high.toFixed(2)}
      </td>
      <td className="num meta">
        {t("project.right_of", { right: formatNumber(counted.right), n: formatNumber(counted.n) })}
      </td>
    </>
  );
}
