/** After the calibration answers: how the reviewers agree, part by part. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber, formatPercent } from "../shared/format";
import { partsOf } from "./review_form";
import { readCalibration } from "./reviews";
import type { Rubric } from "./types";

interface Props {
  slug: string;
  rubrics: readonly Rubric[];
  onClose: () => void;
}

export function CalibrationResult({ slug, rubrics, onClose }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ["calibration", slug],
    queryFn: () => readCalibration(slug),
    staleTime: 0,
  });
  const parts = partsOf(rubrics, null);
  const titleOf = (name: string) => parts.find((part) => part.name === name)?.title ?? name;
  const compared = data?.parts.filter(({ agreement }) => agreement !== null) ?? [];
  return (
    <Dialog
      title={t("review.calibration.done")}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("review.calibration.go_on")}
        </Button>
      }
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data && <p>{t("review.calibration.all", { total: formatNumber(data.total) })}</p>}
      {data && compared.length === 0 && <p className="meta">{t("review.calibration.nobody")}</p>}
      {compared.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("review.calibration.part")}</th>
              <th scope="col" className="num" colSpan={2}>
                {t("review.calibration.agreement")}
              </th>
            </tr>
          </thead>
          <tbody>
            {compared.map(({ part, agreement }) => (
              <tr key={part}>
                <td dir="auto">{titleOf(part)}</td>
                <td>
                  <span
                    className="bar human"
                    style={{ "--v": `${Math.round(100 * (agreement ?? 0))}%` }}
                    aria-hidden="true"
                  >
                    <i />
                  </span>
                </td>
                <td className="num">{formatPercent(agreement ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
