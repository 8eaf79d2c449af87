/** Answers every reviewer grades first: drawn here, and how far the reviewers agree. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatNumber, formatPercent } from "../shared/format";
import { TableScroll } from "../shared/TableScroll";
import { numberOf } from "./draft";
import type { EditorProps } from "./RubricScreen";
import { drawCalibration, readCalibration } from "./requests";
import type { Calibration as Agreed, Rubric } from "./types";

export function Calibration({ project, draft }: EditorProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [count, setCount] = useState("10");
  const key = ["calibration", project.slug];
  const set = useQuery({ queryKey: key, queryFn: () => readCalibration(project.slug), staleTime: 0 });
  const draw = useMutation({
    mutationFn: () => drawCalibration(project.slug, Math.round(numberOf(count))),
    onSuccess: (drawn) => queries.setQueryData(key, drawn),
  });
  return (
    <>
      <section className="card box" aria-labelledby="draw">
        <h3 className="q" id="draw">
          {t("rubric.draw")}
        </h3>
        <FormRow label={t("rubric.draw_count")} help={t("rubric.draw_help")}>
          {(tied) => (
            <input
              className="field narrow"
              type="number"
              min="1"
              max="200"
              step="1"
              {...tied}
              value={count}
              onChange={(event) => setCount(event.target.value)}
            />
          )}
        </FormRow>
        <ErrorNote error={draw.error} />
        <div className="actions end">
          <span className="meta grow" role="status">
            {set.data && set.data.total > 0 && t("rubric.drawn", { count: set.data.total })}
          </span>
          <Button disabled={draw.isPending} onClick={() => draw.mutate()}>
            {t("rubric.draw_now")}
          </Button>
        </div>
      </section>
      <ErrorNote error={set.error} onRetry={() => void set.refetch()} />
      {set.data?.total === 0 && (
        <section className="card">
          <Empty title={t("rubric.no_calibration")}>{t("rubric.no_calibration_why")}</Empty>
        </section>
      )}
      {set.data && set.data.total > 0 && <Agreement found={set.data} rubrics={draft.rubrics} />}
    </>
  );
}

function Agreement({ found, rubrics }: { found: Agreed; rubrics: Rubric[] }) {
  const { t } = useTranslation();
  const titles = new Map(
    rubrics.flatMap(({ criteria, errors }) =>
      [...criteria, ...errors].map(({ name, title }) => [name, title] as const),
    ),
  );
  const share = (value: number | null) => (value === null ? t("rubric.not_compared") : formatPercent(value));
  if (found.reviewers.length === 0) return <p className="ctl">{t("rubric.nobody_calibrated")}</p>;
  return (
    <>
      <section className="card">
        <TableScroll label={t("rubric.calibrated")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("rubric.reviewer")}</th>
                <th scope="col" className="num">
                  {t("rubric.done")}
                </th>
                <th scope="col" className="num">
                  {t("rubric.agreement")}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.reviewers.map(({ name, done, agreement }) => (
                <tr key={name}>
                  <th scope="row" dir="auto">
                    {name}
                  </th>
                  <td className="num">
                    {t("rubric.done_of", { done: formatNumber(done), total: formatNumber(found.total) })}
                  </td>
                  <td className="num">{share(agreement)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      </section>
      {found.parts.length > 0 && (
        <section className="card">
          <TableScroll label={t("rubric.by_part")}>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t("rubric.part")}</th>
                  <th scope="col" className="num">
                    {t("rubric.agreement")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.parts.map(({ part, agreement }) => (
                  <tr key={part}>
                    <th scope="row" dir="auto">
                      {titles.get(part) ?? part}
                    </th>
                    <td className="num">{share(agreement)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        </section>
      )}
    </>
  );
}
