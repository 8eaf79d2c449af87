/** Which models made the suggestions, and how well that was measured. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { TaskSuggestion } from "../api/types";
import { formatNumber, formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";

const RateSuggestions = lazy(() =>
  import("../assist/Rate").then(({ RateSuggestions }) => ({ default: RateSuggestions })),
);

type Model = TaskSuggestion["model"];

/** Each model once, in the order of the questions. */
export function modelsOf(suggestions: readonly TaskSuggestion[]): Model[] {
  return [...new Map(suggestions.map(({ model }) => [modelKey(model), model])).values()];
}

export function modelKey({ name, version }: Model): string {
  return `${name} ${version}`;
}

interface SourceProps {
  suggestions: readonly TaskSuggestion[];
  onCard: () => void;
  /** The assignment they are rated for, and whether it is seen for the first time; null where nothing is stored. */
  rated: { assignment: number; isNew: boolean } | null;
}

export function Source({ suggestions, onCard, rated }: SourceProps) {
  const { t } = useTranslation();
  const models = modelsOf(suggestions);
  if (models.length === 0) return null;
  return (
    <div className="source">
      <Mark of="model" />
      <span className="grow">
        {models.map((model) => (
          <span key={modelKey(model)}>
            {t("annotate.suggestions_by")} <b dir="auto">{model.name}</b> {shortVersion(model.version)}
            {", "}
            <Measured model={model} />{" "}
          </span>
        ))}
        {t("annotate.can_be_wrong")}
      </span>
      {rated && (
        <Suspense>
          <RateSuggestions suggestions={suggestions} {...rated} />
        </Suspense>
      )}
      <button type="button" className="btn quiet sm" onClick={onCard}>
        {t("annotate.about_model")}
      </button>
    </div>
  );
}

/** What is known of a model's quality here, in one clause. */
export function Measured({ model }: { model: Model }) {
  const { t } = useTranslation();
  const clauses = [
    model.accuracy === null
      ? t("annotate.not_measured")
      : t("annotate.measured", {
          share: formatPercent(model.accuracy.value),
          count: model.accuracy.n,
          items: formatNumber(model.accuracy.n),
        }),
    t(model.calibrated ? "annotate.calibrated" : "annotate.not_calibrated"),
    ...(model.recorded ? [t("annotate.recorded")] : []),
  ];
  return <>{clauses.join(", ")}.</>;
}

/** Versions that are hashes are cut to what a person can compare. */
function shortVersion(version: string): string {
  return version.length > 16 ? version.slice(0, 8) : version;
}
