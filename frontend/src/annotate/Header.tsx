/** The bar over the labeling screen: where one is, how far, whether it is safe, and the help. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MyProgress } from "../api/types";
import { Button } from "../shared/Button";
import { formatNumber, formatPercent } from "../shared/format";
import { CommandKey } from "../shared/Kbd";
import { RedoCount } from "../shared/MyTabs";
import { TextSize } from "../shared/TextSize";
import { Brand, PersonMenu, ThemeSwitch } from "../shared/TopBar";
import { useTitle } from "../shared/useTitle";

interface Props {
  project: string;
  item: string | undefined;
  progress: MyProgress | undefined;
  children?: ReactNode;
  onGuideline: () => void;
  onKeys: () => void;
  onHistory?: () => void;
  /** The project whose feedback is linked; undefined where answers are not reviewed. */
  feedbackOf?: string;
}

export function Header({
  project,
  item,
  progress,
  children,
  onGuideline,
  onKeys,
  onHistory,
  feedbackOf,
}: Props) {
  const { t } = useTranslation();
  useTitle(item, project);
  return (
    <header className="top">
      <Brand />
      <span className="sep wide" />
      <h1 className="crumb">
        <span dir="auto">{project}</span> <span className="meta mono wide">{item}</span>
      </h1>
      <span className="grow" />
      {progress && <Progress progress={progress} />}
      {children}
      <span className="sep wide" />
      {feedbackOf && <FeedbackLink slug={feedbackOf} className="wide" />}
      {onHistory && (
        <span className="wide">
          <Button look="quiet" icon="history" aria-label={t("annotate.history")} onClick={onHistory} />
        </span>
      )}
      <Button
        look="quiet"
        className="guideline"
        icon="book"
        command="annotate.guideline"
        onClick={onGuideline}
      >
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
        {onHistory && (
          <Button look="quiet" className="mobile" onClick={onHistory}>
            {t("annotate.history")}
          </Button>
        )}
        {feedbackOf && <FeedbackLink slug={feedbackOf} className="mobile" />}
      </PersonMenu>
    </header>
  );
}

function FeedbackLink({ slug, className }: { slug: string; className: string }) {
  const { t } = useTranslation();
  return (
    <span className={className}>
      <Link className="btn quiet" to="/p/$slug/feedback" params={{ slug }} search={{}}>
        {t("nav.feedback")} <RedoCount slug={slug} />
      </Link>
    </span>
  );
}

function Progress({ progress }: { progress: MyProgress }) {
  const { t } = useTranslation();
  const { today, goal } = progress;
  const [done, aim] = [formatNumber(today), formatNumber(goal)];
  return (
    <>
      <span className="row wide">
        <span className="meta">{t("annotate.mine_today")}</span>{" "}
        <b className="ctl">{t("annotate.of", { done, total: aim })}</b>
        <span
          className="bar human thin"
          style={{ "--v": formatPercent(Math.min(1, today / Math.max(1, goal))).replace(" ", "") }}
          role="img"
          aria-label={t("annotate.done_today", { done, total: aim })}
        >
          <i />
        </span>
      </span>
      <span className="mobile row ctl">
        <b>{t("annotate.of", { done, total: aim })}</b>
      </span>
      <span className="row wide spare">
        <span className="meta">{t("annotate.project")}</span>{" "}
        <b className="ctl">
          {t("annotate.of", {
            done: formatNumber(progress.project_done),
            total: formatNumber(progress.project_total),
          })}
        </b>
      </span>
      <span className="sep wide" />
    </>
  );
}
