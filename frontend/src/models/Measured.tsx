/** How right a model was on gold items, and where it is no better than always saying the commonest answer. */
import { useTranslation } from "react-i18next";
import type { ModelCard } from "../api/researcher_types";
import { wilson } from "../projects/interval";
import { formatWhen } from "../projects/quantities";
import { Whisker } from "../projects/Whisker";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { TableScroll } from "../shared/TableScroll";

export function Measured({ card }: { card: ModelCard | null }) {
  const { t } = useTranslation();
  const measured = card?.measured;
  if (!measured) return <p className="meta">{t("models.not_measured")}</p>;
  return (
    <div className="stack">
      <p className="meta" dir="auto">
        {t("models.measured", {
          count: measured.items,
          project: measured.project,
          at: formatWhen(measured.at),
          prompt: measured.prompt_version,
        })}{" "}
        {t(measured.calibrated ? "models.calibrated" : "models.not_calibrated")}
      </p>
      <TableScroll label={t("models.measured_table")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("project.question")}</th>
              <th scope="col">{t("project.accuracy")}</th>
              <th scope="col" className="num">
                <span className="vh">{t("project.accuracy_number")}</span>
              </th>
              <th scope="col" className="num">
                {t("models.commonest")}
              </th>
              <th scope="col" className="num">
                {t("models.auc")}
              </th>
              <th scope="col" className="num">
                {t("project.items")}
              </th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(measured.questions).map(([title, figures]) => (
              <tr key={title}>
                <th scope="row" dir="auto">
                  {title}
                </th>
                <td>
                  <Whisker of="model" value={figures.accuracy} {...wilson(figures.right, figures.n)} />
                </td>
                <td className="num">{figures.accuracy.toFixed(2)}</td>
                <td className="num meta">{(figures.commonest / figures.n).toFixed(2)}</td>
                <td className="num">{figures.auc === null ? "–" : figures.auc.toFixed(2)}</td>
                <td className="num meta">{formatNumber(figures.n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      {measured.not_useful_for.length > 0 && (
        <p className="note warn">
          <Icon name="warning" />
          <span dir="auto">
            {t("models.not_useful", {
              questions: measured.not_useful_for.map((title) => `“${title}”`).join(", "),
            })}
          </span>
        </p>
      )}
    </div>
  );
}
