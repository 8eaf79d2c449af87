/** A dot with its interval on a scale from zero to one; the tick stands at one half. */
import { useTranslation } from "react-i18next";

const WIDTH = 120;

export function Whisker({ value, low, high }: { value: number; low: number; high: number }) {
  const { t } = useTranslation();
  const at = (share: number) => 4 + share * (WIDTH - 8);
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
      <path d={`M${at(low)} 7H${at(high)}`} stroke="var(--model)" strokeWidth="2" />
      <circle cx={at(value)} cy="7" r="3.5" fill="var(--model)" />
    </svg>
  );
}
