/** Answers on which judge and people differ, with what each said. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { TableScroll } from "../shared/TableScroll";
import type { Names } from "./figures";
import type { Disagreement } from "./types";

const AT_FIRST = 10;

interface Props {
  slug: string;
  found: Disagreement[];
  names: Names;
}

export function Disagreements({ slug, found, names }: Props) {
  const { t } = useTranslation();
  const [isWhole, showWhole] = useState(false);
  const shown = isWhole ? found : found.slice(0, AT_FIRST);
  return (
    <section className="card" aria-labelledby="disagreements">
      <header>
        <h2 id="disagreements">{t("judge.disagreements")}</h2>
        <span className="meta">{t("judge.disagreements_note")}</span>
      </header>
      {found.length === 0 ? (
        <p className="pad ctl">{t("judge.nothing_differs")}</p>
      ) : (
        <TableScroll label={t("judge.disagreements")}>
          <table className="table said-table">
            <thead>
              <tr>
                <th scope="col">{t("job.item")}</th>
                <th scope="col">{t("rubric.part")}</th>
                <th scope="col">{t("judge.the_judge")}</th>
                <th scope="col">{t("judge.person")}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <tr key={`${one.assignment} ${one.revision} ${one.part}`}>
                  <th scope="row" className="mono">
                    <Link to="/p/$slug/data/$itemId" params={{ slug, itemId: String(one.item) }}>
                      {one.external_id}
                    </Link>
                  </th>
                  <td dir="auto">{names.part(one.part)}</td>
                  <td>
                    <Said grade={names.grade(one.part, one.judge)} why={one.judge_explanation} />
                  </td>
                  <td>
                    <Said
                      grade={names.grade(one.part, one.person)}
                      who={t(`review.by.${one.source}`)}
                      why={one.person_explanation}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {shown.length < found.length && (
        <div className="pad">
          <div>
            <Button small onClick={() => showWhole(true)}>
              {t("judge.show_all", { count: found.length })}
            </Button>
          </div>
        </div>
      )}
    </section>
  );
}

function Said({ grade, who, why }: { grade: string; who?: string; why: string }) {
  return (
    <>
      <b className="q ctl" dir="auto">
        {grade}
      </b>{" "}
      {who && <span className="meta">{who}</span>}
      {why !== "" && (
        <p className="meta" dir="auto">
          {why}
        </p>
      )}
    </>
  );
}
