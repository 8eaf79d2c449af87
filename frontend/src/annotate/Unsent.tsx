/** In the bar of every screen but labeling: answers that have not reached the server, if there are any. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import "./unsent.css";
import { useOutbox, useOutboxState } from "./useOutbox";

export function Unsent() {
  const { t } = useTranslation();
  const outbox = useOutboxState(useOutbox());
  const entries = outbox?.entries ?? [];
  const waiting = entries.filter(({ state }) => state === "waiting").length;
  const troubled = entries.filter(({ state }) => state !== "waiting");
  const [first] = troubled;
  return (
    <span className="unsent row" role="status">
      {first && (
        <Link
          className="btn quiet sm redo"
          to="/p/$slug/annotate"
          params={{ slug: first.project }}
          search={{}}
        >
          <Icon name="warning" />{" "}
          <span className="txt">{t("nav.not_accepted", { count: troubled.length })}</span>
          <span className="few" aria-hidden="true">
            {formatNumber(troubled.length)}
          </span>
        </Link>
      )}
      {waiting > 0 && outbox?.isReachable === false && (
        <span className="row ctl warn">
          <Icon name="cloudOff" /> <span className="txt">{t("nav.unsent", { count: waiting })}</span>
          <span className="few" aria-hidden="true">
            {formatNumber(waiting)}
          </span>
        </span>
      )}
    </span>
  );
}
