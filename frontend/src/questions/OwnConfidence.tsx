/** How sure the person is of the own answer. */
import { useTranslation } from "react-i18next";
import type { Confidence } from "../api/types";

export const CONFIDENCES: readonly Confidence[] = ["unsure", "fairly", "sure"];

interface Props {
  question: string;
  value: Confidence | undefined;
  onRate: (confidence: Confidence) => void;
}

export function OwnConfidence({ question, value, onRate }: Props) {
  const { t } = useTranslation();
  return (
    <div className="own-confidence" role="radiogroup" aria-label={t("annotate.how_sure")}>
      <span className="meta" aria-hidden="true">
        {t("annotate.how_sure")}
      </span>
      <div className="seg">
        {CONFIDENCES.map((confidence) => (
          <label key={confidence}>
            <input
              type="radio"
              name={`sure-${question}`}
              checked={value === confidence}
              onChange={() => onRate(confidence)}
            />
            {t(`annotate.confidence.${confidence}`)}
          </label>
        ))}
      </div>
    </div>
  );
}
