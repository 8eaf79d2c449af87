/** Who worked how much, by name: a list, not a ranking. */
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { AnnotatorProgress } from "../api/researcher_types";
import { formatNumber } from "../shared/format";
import { TableScroll } from "../shared/TableScroll";
import { inWords } from "./quantities";

interface Props {
  slug: string;
  annotators: AnnotatorProgress[];
  className: string;
}

export function Annotators({ slug, annotators, className }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const byName = [...annotators].sort((one, other) => one.name.localeCompare(other.name));
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{t("project.annotators")}</h2>
        <span className="meta">{t("project.by_name")}</span>
      </header>
      {byName.length === 0 ? (
        <p className="pad meta">
          {t("project.annotators_none")}{" "}
          <Link to="/p/$slug/people" params={{ slug }}>
            {t("project.go_members")}
          </Link>
        </p>
      ) : (
        <TableScroll label={t("project.annotators")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("project.name")}</th>
                <th scope="col" className="num">
                  {t("project.today")}
                </th>
                <th scope="col" className="num">
                  {t("project.total")}
                </th>
                <th scope="col" className="num">
                  {t("project.aht")}
                </th>
                <th scope="col" className="num">
                  {t("project.median_time")}
                </th>
                <th scope="col" className="num">
                  {t("project.active_time")}
                </th>
              </tr>
            </thead>
            <tbody>
              {byName.map((person) => (
                <tr key={person.id}>
                  <th scope="row" dir="auto">
                    {person.name}
                  </th>
                  <td className="num">{formatNumber(person.today)}</td>
                  <td className="num">{formatNumber(person.total)}</td>
                  <td className="num">
                    {person.aht_seconds_median === null ? "–" : inWords(person.aht_seconds_median)}
                  </td>
                  <td className="num">
                    {person.first_pass_seconds_median === null
                      ? "–"
                      : inWords(person.first_pass_seconds_median)}
                  </td>
                  <td className="num">{inWords(person.active_seconds_total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  );
}
