/** A model that is not sure says so in a line of its own; one that failed never stands in the way. */
import { useTranslation } from "react-i18next";
import type { TaskSuggestion } from "../api/types";
import { Mark } from "../shared/Mark";
import { withoutMarkdown } from "../shared/plain_text";

export function Abstained({ suggestion }: { suggestion: TaskSuggestion }) {
  const { t } = useTranslation();
  const isUnsure = suggestion.status === "abstained";
  const words = !isUnsure
    ? t("annotate.model_unavailable")
    : suggestion.reason
      ? t("annotate.abstained_because", { reason: withoutMarkdown(suggestion.reason) })
      : t("annotate.abstained");
  return (
    <p className="abstain">
      <span className="tag m">
        <Mark of="model" /> {t(isUnsure ? "annotate.not_sure" : "annotate.no_suggestion")}
      </span>
      <span dir="auto" className="reason" title={words}>
        {words}
      </span>
    </p>
  );
}
