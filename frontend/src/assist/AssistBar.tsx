/** Between what is asked and the response: one key asks for a draft and stops it, one line says how that stands. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { useCommands } from "../shared/keys";
import { Mark } from "../shared/Mark";
import "../locales/assist";
import "./assist.css";
import { Seconds } from "./Seconds";
import type { AssistantSummary } from "./types";
import type { Assist } from "./useAssist";

interface Props {
  assist: Assist;
  assistant: AssistantSummary;
  /** Why nothing is written for this item at all. */
  without: "held_out" | "not_here" | null;
  /** Whether what is asked stands there. */
  hasQuery: boolean;
  onGenerate: () => void;
}

export default function AssistBar({ assist, assistant, without, hasQuery, onGenerate }: Props) {
  const { t } = useTranslation();
  const { drafts, isGenerating, problem } = assist;
  const last = drafts.at(-1);
  const isUsedUp = !isGenerating && drafts.length >= assistant.most_drafts;
  const most = { count: assistant.most_drafts, formatted: formatNumber(assistant.most_drafts) };
  const refusal = isUsedUp ? t("assist.bar.all_used", most) : hasQuery ? null : t("assist.bar.needs_query");
  const canRun = without === null && (isGenerating || refusal === null);
  const run = () => {
    if (!canRun) return;
    if (isGenerating) assist.stop();
    else onGenerate();
  };
  useCommands(
    without === null
      ? [
          {
            id: "annotate.generate",
            keys: ["Ctrl+g", "g"],
            label: "keys.generate",
            scope: "page",
            inText: true,
            run,
          },
        ]
      : [],
  );
  if (without !== null) return <p className="assist-bar meta">{t(`assist.bar.${without}`)}</p>;
  return (
    <div className="assist-bar" role="group" aria-label={t("assist.bar.title")}>
      <Mark of="model" />
      <Button
        small
        className="on-model"
        icon={isGenerating ? "stop" : undefined}
        command="annotate.generate"
        aria-disabled={!canRun}
        aria-describedby={canRun ? undefined : "assist-refusal"}
        onClick={run}
      >
        {t(isGenerating ? "assist.bar.stop" : last === undefined ? "assist.bar.first" : "assist.bar.another")}
      </Button>
      <span className="meta grow standing">
        {isGenerating && assist.since !== null ? (
          <>
            {t("assist.draft.name", { number: last?.number })}{" "}
            {t(assist.waiting ? "assist.bar.waiting" : "assist.bar.writing")} ·{" "}
            <Seconds since={assist.since} />
          </>
        ) : problem !== null ? (
          <span className="row">
            <Icon name={problem.kind === "offline" ? "cloudOff" : "warning"} small />
            <span>
              {t(`assist.problem.${problem.kind}`)} {problem.reason && <bdi>{problem.reason}</bdi>}
            </span>
          </span>
        ) : (
          <span id="assist-refusal">{refusal ?? t("assist.bar.you_write")}</span>
        )}
      </span>
      <p className="vh" role="status">
        <Announced assist={assist} />
      </p>
    </div>
  );
}

/** The start and the end of what happens while one looks, nothing between. */
function Announced({ assist: { drafts, isGenerating, problem } }: { assist: Assist }) {
  const { t } = useTranslation();
  const [hasRun, setHasRun] = useState(false);
  useEffect(() => {
    if (isGenerating) setHasRun(true);
  }, [isGenerating]);
  const last = drafts.at(-1);
  if (problem !== null)
    return [t(`assist.problem.${problem.kind}`), problem.reason].filter(Boolean).join(" ");
  if (last === undefined || !(hasRun || isGenerating)) return null;
  return t(`assist.announce.${last.status}`, { number: last.number });
}
