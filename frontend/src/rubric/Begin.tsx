/** Where a rubric begins: a template, or an empty one. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import "../projects/new_project.css";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";
import { emptyRubric, fromTemplate } from "./draft";
import { readRubricTemplates } from "./requests";
import type { Rubric } from "./types";
import { useGradeWords } from "./useGradeWords";

interface Props {
  rubrics: Rubric[];
  onBegin: (rubric: Rubric) => void;
  onCancel: (() => void) | null;
}

export function Begin({ rubrics, onBegin, onCancel }: Props) {
  const { t } = useTranslation();
  const words = useGradeWords();
  const templates = useQuery({
    queryKey: ["rubric-templates"],
    queryFn: readRubricTemplates,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      {rubrics.length === 0 && (
        <section className="card">
          <Empty
            title={t("rubric.none")}
            action={
              <Button onClick={() => onBegin(emptyRubric(rubrics, words))}>{t("rubric.begin_empty")}</Button>
            }
          >
            {t("rubric.none_why")}
          </Empty>
        </section>
      )}
      <ErrorNote error={templates.error} onRetry={() => void templates.refetch()} />
      <ul className="gallery">
        {templates.data?.map(({ name, title, description, rubric }) => (
          <li key={name} className="card rubric-template">
            <h3 className="q" dir="auto">
              {title}
            </h3>
            <p className="ctl" dir="auto">
              {description}
            </p>
            {rubric.criteria.length > 0 && (
              <p className="meta">
                {t("rubric.grades_for", { count: rubric.criteria.length })}{" "}
                {rubric.criteria.map((criterion) => criterion.title).join(" · ")}
              </p>
            )}
            {rubric.errors.length > 0 && (
              <p className="meta">
                {t("rubric.counts_errors", { count: rubric.errors.length })}{" "}
                {rubric.errors.map((error) => error.title).join(" · ")}
              </p>
            )}
            <p className="meta">
              {t("rubric.passes_at", {
                threshold: formatNumber(rubric.threshold),
                most: formatNumber(rubric.max_score),
              })}
            </p>
            <Button
              aria-label={t("rubric.take_of", { title })}
              onClick={() => onBegin(fromTemplate(rubric, rubrics))}
            >
              {t("rubric.take")}
            </Button>
          </li>
        ))}
      </ul>
      {onCancel && (
        <div className="actions end">
          <Button onClick={() => onBegin(emptyRubric(rubrics, words))}>{t("rubric.begin_empty")}</Button>
          <Button look="quiet" onClick={onCancel}>
            {t("common.cancel")}
          </Button>
        </div>
      )}
    </>
  );
}
