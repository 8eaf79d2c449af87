/** What holds the project up, each with the way to it. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { NextStep } from "./next_steps";

const WAYS = {
  import: "/p/$slug/import",
  paused: "/p/$slug/guideline",
  inquiries: "/p/$slug/inquiries",
  failures: "/p/$slug/models",
  guideline: "/p/$slug/guideline",
  members: "/p/$slug/people",
  assistant: "/p/$slug/assistant",
  preannotate: "/p/$slug/models",
  annotate: "/p/$slug/data",
  review: "/p/$slug/review",
  export: "/p/$slug/export",
} as const satisfies Record<NextStep["name"], string>;

export function NextSteps({
  slug,
  steps,
  className,
}: {
  slug: string;
  steps: NextStep[];
  className: string;
}) {
  const { t } = useTranslation();
  return (
    <section className={`card ${className}`} aria-labelledby="next-steps">
      <header>
        <h2 id="next-steps">{t("project.next")}</h2>
        <span className="meta">{t("project.next_note")}</span>
      </header>
      {steps.length === 0 && <p className="pad meta">{t("project.next_none")}</p>}
      <ul className="todo">
        {steps.map((step) => (
          <li key={step.name}>
            <span className={step.tone === "plain" ? "meta" : step.tone}>
              <Icon name={step.tone === "plain" ? "right" : "warning"} />
            </span>
            <span>
              {t(`project.step_${step.name}`, { count: step.count, formatted: formatNumber(step.count) })}
            </span>
            <Link className="btn sm" to={WAYS[step.name]} params={{ slug }}>
              {t(`project.go_${step.name}`)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
