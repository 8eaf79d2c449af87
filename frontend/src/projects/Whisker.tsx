/** A dot with its interval on a scale from zero to one; the tick stands at one half. */
import { useTranslation } from "react-i18next";

const WIDTH = 120;

interface Props {
  of: "model" | "person";
  value: number;
  low: number;
  high: number;
}

export function Whisker({ of, value, low, high }: Props) {
  const { t } = useTranslation();
  const at = (share: number) => 4 + share * (WIDTH - 8);
  const isModel = of === "model";
  const colour = isModel ? "var(--model)" : "var(--human)";
  return (
    <svg
      className="ci"
      width={WIDTH}
      height="14"
      viewBox={`0 0 ${WIDTH} 14`}
      role="img"
      aria-label={t("project.whisker", { low: low.toFixed(2), high: high.toFixed(2) })}
    >
      <path d={`M0 7h${WIDTH}`} stroke="var(--line)" />
      <path d={`M${at(0.5)} 2v10`} stroke="var(--line-strong)" />
      <path
        d={`M${at(low)} 7H${at(high)}`}
        stroke={colour}
        strokeWidth="2"
        strokeDasharray={isModel ? "4 2" : undefined}
      />
      <circle
        cx={at(value)}
        cy="7"
        r="3.5"
        fill={isModel ? "var(--card)" : colour}
        stroke={colour}
        strokeWidth="1.6"
      />
    </svg>
  );
}
