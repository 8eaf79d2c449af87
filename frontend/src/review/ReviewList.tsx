/** What was reviewed and what waits; one's own reviews open again. */
import { useQuery } from "@tanstack/react-query";
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { formatMoment } from "../shared/format";
import { Icon } from "../shared/Icon";
import { useCommands } from "../shared/keys";
import { listReviews } from "./reviews";
import type { ListFilter, ReviewEntry } from "./types";

interface Props {
  slug: string;
  onOpen: (assignment: number) => void;
  onClose: () => void;
}

const FILTERS: ListFilter[] = ["all", "due", "passed", "redo"];
const TONES: Record<string, string> = { passed: "pass", redo: "redo", due: "warn" };

export function ReviewList({ slug, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const [filter, choose] = useState<ListFilter>("all");
  const { data, error, refetch } = useQuery({
    queryKey: ["reviews", slug, filter],
    queryFn: () => listReviews(slug, filter),
    staleTime: 0,
  });
  useCommands([
    { id: "reviews.close", keys: ["Escape"], scope: "tool", label: "keys.close", inText: true, run: onClose },
  ]);
  useLayoutEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <aside className="guideline-panel" aria-label={t("review.list")} ref={panel} tabIndex={-1}>
      <div className="dialog-head">
        <h2>{t("review.list")}</h2>
        <Button look="quiet" small icon="x" aria-label={t("common.close")} onClick={onClose} />
      </div>
      <div className="guideline-text">
        <div className="seg" role="radiogroup" aria-label={t("review.filters.label")}>
          {FILTERS.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="filter"
                value={name}
                checked={filter === name}
                onChange={() => choose(name)}
              />
              {t(`review.filters.${name}`)}
            </label>
          ))}
        </div>
        <ErrorNote error={error} onRetry={() => void refetch()} />
        {data?.items.length === 0 && <p className="meta">{t("review.nothing_yet")}</p>}
        <ul className="mine">
          {data?.items.map((entry) => (
            <Row key={entry.assignment} entry={entry} onOpen={onOpen} />
          ))}
        </ul>
      </div>
    </aside>
  );
}

function Row({ entry, onOpen }: { entry: ReviewEntry; onOpen: (assignment: number) => void }) {
  const { t } = useTranslation();
  const { assignment, item, review, by, decided_at, is_own, can_review } = entry;
  return (
    <li>
      <div className="grow">
        <p className="row">
          <span className="mono">{item.external_id}</span>
          <span className={`chip ${TONES[review] ?? ""}`}>
            {review === "passed" && <Icon name="check" small />}
            {review === "redo" && <Icon name="redo" small />}
            {t(`review.states.${review}`)}
          </span>
          {by && <span className="meta">{t(is_own ? "review.you" : `review.by.${by}`)}</span>}
          {decided_at && <span className="meta">{formatMoment(decided_at)}</span>}
        </p>
        <p dir="auto" className="excerpt">
          {item.excerpt}
        </p>
      </div>
      {can_review && (
        <Button small onClick={() => onOpen(assignment)}>
          {t(is_own ? "review.reopen" : "review.open")}
        </Button>
      )}
    </li>
  );
}
