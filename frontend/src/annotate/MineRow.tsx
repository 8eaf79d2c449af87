import { useTranslation } from "react-i18next";
import type { MineEntry } from "../api/types";
import { Button } from "../shared/Button";
import { formatDuration, formatMoment } from "../shared/format";

const TONES: Record<string, string> = { submitted: "pass", passed: "pass", redo: "redo", rejected: "warn" };

export function MineRow({ entry, onReopen }: { entry: MineEntry; onReopen: (assignment: number) => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <div className="grow">
        <p className="row">
          <span className="mono">{entry.item.external_id}</span>
          <span className={`chip ${TONES[entry.state] ?? ""}`}>{t(`annotate.states.${entry.state}`)}</span>
          <span className="meta">
            {entry.submitted_at && formatMoment(entry.submitted_at)}
            {entry.active_ms ? ` · ${formatDuration(entry.active_ms)}` : ""}
          </span>
        </p>
        <p dir="auto" className="excerpt">
          {entry.item.excerpt}
        </p>
        <p className="meta" dir="auto">
          {entry.answers_summary}
        </p>
      </div>
      {entry.can_reopen && (
        <Button small onClick={() => onReopen(entry.assignment)}>
          {t("annotate.reopen")}
        </Button>
      )}
    </li>
  );
}
