/** The last twenty items one worked on; each can be opened again until it is reviewed. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { useCommands } from "../shared/keys";
import { MineRow } from "./MineRow";
import { mineQuery } from "./mine";
import type { Entry } from "./outbox";

interface Props {
  slug: string;
  waiting: readonly Entry[];
  onReopen: (assignment: number) => void;
  onClose: () => void;
}

export function HistoryPanel({ slug, waiting, onReopen, onClose }: Props) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const { data, error, refetch } = useQuery({ ...mineQuery(slug, "all"), staleTime: 0 });
  useCommands([
    { id: "history.close", keys: ["Escape"], scope: "tool", label: "keys.close", inText: true, run: onClose },
  ]);
  useLayoutEffect(() => panel.current?.focus(), []);
  return (
    <aside className="guideline-panel" aria-label={t("annotate.history")} ref={panel} tabIndex={-1}>
      <div className="dialog-head">
        <h2>{t("annotate.history")}</h2>
        <Button look="quiet" small icon="x" aria-label={t("common.close")} onClick={onClose} />
      </div>
      <div className="guideline-text">
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {waiting.length > 0 && (
          <ul className="mine">
            {waiting.map(({ client_id, label }) => (
              <li key={client_id}>
                <span className="mono">{label}</span>
                <span className="chip warn">{t("annotate.waiting_to_be_sent")}</span>
              </li>
            ))}
          </ul>
        )}
        {data?.items.length === 0 && <p className="meta">{t("annotate.nothing_yet")}</p>}
        <ul className="mine">
          {data?.items.map((entry) => (
            <MineRow key={entry.assignment} entry={entry} onReopen={onReopen} />
          ))}
        </ul>
        <Link className="btn" to="/p/$slug/mine" params={{ slug }}>
          {t("annotate.all_mine")}
        </Link>
      </div>
    </aside>
  );
}
