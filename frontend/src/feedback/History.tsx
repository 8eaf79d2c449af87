/** The way of an answer, told from the first time it was sent. */
import { useTranslation } from "react-i18next";
import { formatDuration } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { momentOf } from "./entries";
import { type Event, eventsOf } from "./events";
import type { FeedbackRevision } from "./types";

export function History({ revisions }: { revisions: readonly FeedbackRevision[] }) {
  const { t } = useTranslation();
  return (
    <section>
      <h2>{t("feedback.history")}</h2>
      <ol className="hist">
        {eventsOf(revisions).map((event) => (
          <EventRow key={`${event.at} ${event.kind}`} event={event} />
        ))}
      </ol>
    </section>
  );
}

function EventRow({ event }: { event: Event }) {
  const { t } = useTranslation();
  const when = momentOf(event.at);
  switch (event.kind) {
    case "submitted":
      return (
        <li>
          <Icon name="right" />
          <span>{t("feedback.events.submitted", { number: event.revision })}</span>
          <span className="meta">
            {when} · {t("feedback.events.active", { time: formatDuration(event.activeMs) })}
          </span>
        </li>
      );
    case "graded":
      return (
        <li>
          <span
            className={event.outcome === "redo" ? "redo" : event.outcome === "passed" ? "pass" : undefined}
          >
            {event.outcome === "redo" ? (
              <Icon name="redo" />
            ) : event.outcome === "passed" ? (
              <Icon name="check" />
            ) : (
              <Mark of={event.source === "judge" ? "model" : "person"} />
            )}
          </span>
          <span>{t(`feedback.events.${event.outcome}`, { who: event.label })}</span>
          <span className="meta">
            {when}
            {event.isAdvice && ` · ${t("feedback.events.advice")}`}
          </span>
        </li>
      );
    case "replied":
      return (
        <li>
          <Icon name="flag" />
          <span>{t("feedback.events.replied")}</span>
          <span className="meta">{when}</span>
        </li>
      );
  }
}
