/** Answers with feedback: what is to be redone first, then what is new, then what was seen. */
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/session";
import { formatPoints } from "../review/figures";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { CommandKey } from "../shared/Kbd";
import { dayOf, GROUPS, groupOf } from "./entries";
import type { SourceFilter } from "./requests";
import type { FeedbackCounts, FeedbackEntry } from "./types";

const SOURCES: readonly SourceFilter[] = ["all", "auditor", "researcher", "judge"];

interface Props {
  slug: string;
  entries: readonly FeedbackEntry[];
  counts: FeedbackCounts | undefined;
  selected: number | undefined;
  source: SourceFilter;
  onSource: (source: SourceFilter) => void;
  /** Fetch the next ones; undefined when all are here. */
  onMore: (() => void) | undefined;
  isLoading: boolean;
}

export function FeedbackList(props: Props) {
  const { slug, entries, counts, selected, source, onSource, onMore, isLoading } = props;
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  return (
    <nav className="list" aria-label={t("feedback.list")} aria-busy={isLoading}>
      <div className="list-filters">
        <select
          className="field"
          aria-label={t("feedback.project")}
          value={slug}
          onChange={(event) =>
            void navigate({ to: "/p/$slug/feedback", params: { slug: event.target.value }, search: {} })
          }
        >
          {me.projects.map((project) => (
            <option key={project.id} value={project.slug}>
              {project.name}
            </option>
          ))}
        </select>
        <select
          className="field"
          aria-label={t("feedback.source")}
          value={source}
          onChange={(event) => onSource(event.target.value as SourceFilter)}
        >
          {SOURCES.map((one) => (
            <option key={one} value={one}>
              {t(one === "all" ? "feedback.all_sources" : `feedback.from.${one}`)}
            </option>
          ))}
        </select>
        <span className="row wide" aria-hidden="true">
          <CommandKey id="feedback.next" />
          <CommandKey id="feedback.previous" />
        </span>
      </div>
      {GROUPS.map((group) => {
        const members = entries.filter((entry) => groupOf(entry) === group);
        if (members.length === 0) return null;
        return (
          <section key={group} aria-label={t(`feedback.groups.${group}`)}>
            <h2>
              {t(`feedback.groups.${group}`)}
              <span>{formatNumber(Math.max(counts?.[group] ?? 0, members.length))}</span>
            </h2>
            {members.map((entry) => (
              <Entry
                key={entry.assignment}
                slug={slug}
                entry={entry}
                isOpen={entry.assignment === selected}
              />
            ))}
          </section>
        );
      })}
      {onMore && (
        <Button look="quiet" small onClick={onMore} disabled={isLoading}>
          {t("common.show_more")}
        </Button>
      )}
    </nav>
  );
}

function Entry({ slug, entry, isOpen }: { slug: string; entry: FeedbackEntry; isOpen: boolean }) {
  const { t } = useTranslation();
  const { status, score, max_score, sources, item } = entry;
  const isRedo = status === "redo";
  const tone = isRedo ? "redo" : "pass";
  return (
    <Link
      className="entry"
      to="/p/$slug/feedback"
      params={{ slug }}
      search={{ assignment: entry.assignment }}
      preload={false}
      aria-current={isOpen ? "true" : undefined}
    >
      <span className={status === null ? "meta" : tone}>
        <Icon name={status === null ? "clock" : isRedo ? "redo" : "check"} />
      </span>
      <span className="entry-title" dir="auto">
        {item.excerpt || item.external_id}
      </span>
      <span className="meta">{dayOf(entry.decided_at)}</span>
      <span className="entry-meta meta">
        {status !== null && (
          <b className={tone}>
            {t(`feedback.status.${status}`)} {score !== null && formatPoints(score, max_score ?? 100)}
          </b>
        )}
        <span>{[...new Set(sources.map(({ source }) => t(`feedback.from.${source}`)))].join(", ")}</span>
        {isRedo && !entry.can_redo && <span>{t(stateWords(entry.state))}</span>}
      </span>
    </Link>
  );
}

/** What became of an answer that was sent back and is not to be redone any more, or not now. */
function stateWords(state: string) {
  if (state === "leased") return "feedback.in_hand" as const;
  if (state === "withdrawn") return "feedback.given_away" as const;
  return "feedback.sent_again" as const;
}
