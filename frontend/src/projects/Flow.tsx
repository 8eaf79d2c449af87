/** From import to export, how many items came how far. */
import { useTranslation } from "react-i18next";
import type { Progress } from "../api/researcher_types";
import { formatNumber } from "../shared/format";
import { Mark } from "../shared/Mark";

export interface FlowCounts {
  imported: number;
  duplicates: number;
  preannotated: number;
  inWork: number;
  annotated: number;
  rejected: number;
  /** Answers that may leave, of people who may have answered one item several times; none in review. */
  labels: number;
  /** Rows of the last export; null before the first. */
  exported: number | null;
}

export function flowCounts(progress: Progress): FlowCounts {
  const { items, assignments, reviews } = progress;
  return {
    imported: Object.values(items).reduce((sum, count) => sum + (count ?? 0), 0),
    duplicates: progress.duplicates,
    preannotated: progress.suggestions.items,
    inWork: items.in_work ?? 0,
    annotated: (items.labeled ?? 0) + (items.in_review ?? 0) + (items.done ?? 0),
    rejected: items.rejected ?? 0,
    labels: (assignments.submitted ?? 0) - reviews.waiting + (assignments.passed ?? 0),
    exported: progress.exported,
  };
}

export function Flow({ counts, isRunning }: { counts: FlowCounts; isRunning: boolean }) {
  const { t } = useTranslation();
  const bare = counts.imported - counts.preannotated;
  const open = counts.imported - counts.annotated - counts.rejected;
  const unsent = Math.max(0, counts.labels - (counts.exported ?? 0));
  const fresh = { count: unsent, formatted: formatNumber(unsent) };
  return (
    <section className="card" aria-label={t("project.flow")}>
      <ol className="flow">
        <Stage
          label={t("project.imported")}
          n={counts.imported}
          of={counts.imported}
          look="ink"
          note={t("project.duplicates", {
            count: counts.duplicates,
            formatted: formatNumber(counts.duplicates),
          })}
        />
        <Stage
          label={t("project.preannotated")}
          who="model"
          n={counts.preannotated}
          of={counts.imported}
          note={
            bare === 0
              ? t("project.all_items")
              : t(isRunning ? "project.running_to_go" : "project.to_go", {
                  count: bare,
                  formatted: formatNumber(bare),
                })
          }
        />
        <Stage
          label={t("project.annotated")}
          who="person"
          look="human"
          n={counts.annotated}
          of={counts.imported}
          note={
            counts.inWork > 0
              ? t("project.in_work", { count: counts.inWork, formatted: formatNumber(counts.inWork) })
              : t("project.to_go", { count: open, formatted: formatNumber(open) })
          }
        />
        <Stage
          label={t("project.rejected")}
          look="ink"
          n={counts.rejected}
          of={counts.imported}
          note={t("project.rejected_note")}
        />
        <Stage
          label={t("project.exported")}
          look="ink"
          n={counts.exported ?? 0}
          of={Math.max(counts.labels, 1)}
          note={counts.exported === null ? t("project.never_exported") : t("project.not_exported", fresh)}
        />
      </ol>
    </section>
  );
}

interface StageProps {
  label: string;
  n: number;
  of: number;
  note: string;
  look?: "ink" | "human" | "";
  who?: "model" | "person";
}

function Stage({ label, n, of, note, look = "", who }: StageProps) {
  const share = of === 0 ? 0 : Math.min(1, n / of);
  return (
    <li>
      <span className="lab">
        {who && <Mark of={who} />} {label}
      </span>
      <span className="n">{formatNumber(n)}</span>
      <span className={`bar ${look}`} style={{ "--v": `${share * 100}%` } as React.CSSProperties}>
        <i />
      </span>
      <span className="meta">{note}</span>
    </li>
  );
}
