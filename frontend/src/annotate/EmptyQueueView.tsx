/** Nothing left to do: why, and when there may be something again. */
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { EmptyQueue } from "../api/types";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { formatTime } from "../shared/format";

const LOOK_AGAIN_MS = 60_000;

interface Props {
  slug: string;
  empty: EmptyQueue;
  onAgain: () => void;
}

export function EmptyQueueView({ slug, empty, onAgain }: Props) {
  const { t } = useTranslation();
  const freesAt = empty.next_lease_frees_at;
  useEffect(() => {
    const until = freesAt ? Date.parse(freesAt) - Date.now() + 1000 : LOOK_AGAIN_MS;
    const timer = setTimeout(onAgain, Math.max(5000, Math.min(until, LOOK_AGAIN_MS)));
    return () => clearTimeout(timer);
  }, [freesAt, onAgain]);
  return (
    <main className="screen">
      <Empty
        title={t(`annotate.empty.${empty.reason}`)}
        action={
          <div className="row">
            <Button look="primary" onClick={onAgain}>
              {t("annotate.empty.again")}
            </Button>
            <Link className="btn" to="/p/$slug/mine" params={{ slug }}>
              {t("home.mine")}
            </Link>
          </div>
        }
      >
        {empty.text} {freesAt && t("annotate.empty.frees_at", { when: formatTime(freesAt) })}
      </Empty>
    </main>
  );
}
