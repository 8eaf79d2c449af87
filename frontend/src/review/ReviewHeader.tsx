/** The bar over a review: where one is, that it is blind, how far one is, why this answer, and whether it is safe. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Unsent } from "../annotate/Unsent";
import { Button } from "../shared/Button";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { CommandKey } from "../shared/Kbd";
import { TextSize } from "../shared/TextSize";
import { Brand, PersonMenu, ThemeSwitch } from "../shared/TopBar";
import { useTitle } from "../shared/useTitle";
import type { ReviewQueue, ReviewTask } from "./types";

interface Props {
  project: string;
  task: ReviewTask | null;
  queue: ReviewQueue | null;
  children?: ReactNode;
  onGuideline: () => void;
  onKeys: () => void;
  onList: () => void;
}

export function ReviewHeader({ project, task, queue, children, onGuideline, onKeys, onList }: Props) {
  const { t } = useTranslation();
  const item = task?.item.external_id;
  useTitle(item, t("review.title"), project);
  return (
    <header className="top">
      <Brand />
      <span className="sep wide" />
      <h1 className="crumb">
        {t("review.title")}{" "}
        <span className="meta wide project" dir="auto">
          {project}
        </span>{" "}
        <span className="meta mono">{item}</span>
      </h1>
      <span className="chip line blind" title={t("review.blind")}>
        <Icon name="blind" small /> <span aria-hidden="true">{t("review.blind_short")}</span>
        <span className="vh">{t("review.blind")}</span>
      </span>
      <span className="grow" />
      <Unsent />
      {queue && <Today queue={queue} />}
      {task && !task.is_calibration && <Picked task={task} />}
      {children}
      <span className="sep wide" />
      <Button look="quiet" className="guideline" icon="book" command="review.guideline" onClick={onGuideline}>
        {t("annotate.guideline")}
      </Button>
      <button type="button" className="btn quiet icon wide" aria-label={t("keys.title")} onClick={onKeys}>
        <CommandKey id="keys.sheet" />
      </button>
      <span className="wide">
        <ThemeSwitch />
      </span>
      <PersonMenu>
        <TextSize />
        <Button look="quiet" className="mobile" onClick={onList}>
          {t("review.list")}
        </Button>
      </PersonMenu>
    </header>
  );
}

function Today({ queue }: { queue: ReviewQueue }) {
  const { t } = useTranslation();
  const { reviewed_today: today, dealt, due } = queue;
  const [done, total] = [formatNumber(today), formatNumber(dealt ?? 0)];
  return (
    <span className="row wide today" title={t("review.waiting", { count: due })}>
      <span className="meta">{t("review.today")}</span>{" "}
      <b className="ctl">{dealt === null ? done : t("review.today_of", { done, total })}</b>
      {dealt !== null && (
        <span
          className="bar human thin spare"
          style={{ "--v": `${Math.round(100 * Math.min(1, today / Math.max(1, dealt)))}%` }}
          role="img"
          aria-label={t("review.today_bar", { done, total })}
        >
          <i />
        </span>
      )}
    </span>
  );
}

function Picked({ task }: { task: ReviewTask }) {
  const { t } = useTranslation();
  const { by, share } = task.picked;
  const isSample = share !== null && (by === "auditor" || by === "researcher");
  const words = !isSample
    ? t(`review.picked_by.${by}`)
    : share < 1
      ? t("review.picked_share", { share: formatPercent(share) })
      : t("review.picked_every");
  return (
    <span className="row wide spare">
      <span className="meta">{t("review.picked")}</span> <b className="ctl">{words}</b>
    </span>
  );
}
