/** How a text grew: a slider through its edits, with what came from a model dashed. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Writing } from "../api/types";
import { formatDuration, formatNumber } from "../shared/format";
import { deedOf, isWhole, stepOf } from "./replay";

interface Props {
  writing: Writing;
  /** The number of a draft as the annotator knew it. */
  numberOf: (draft: number) => number | null;
  title: string;
}

export function Replay({ writing, numberOf, title }: Props) {
  const { t } = useTranslation();
  const last = writing.edits.length;
  const [count, go] = useState(last);
  if (last === 0) return <p className="meta">{t("data.no_edits")}</p>;
  if (!isWhole(writing)) return null;
  const step = stepOf(writing, count);
  if (step === null) return null;
  const { edit } = step;
  const told =
    edit === null
      ? t("data.replay_begin")
      : t(`data.deed_${deedOf(edit)}`, {
          source: sourceName(edit.source, edit.draft),
          formatted: formatNumber([...edit.inserted].length),
          removed: formatNumber(edit.removed),
          count: deedOf(edit) === "removed" ? edit.removed : [...edit.inserted].length,
        });
  return (
    <div className="replay">
      <label className="slider ctl">
        <span className="vh">{t("data.replay_of", { title })}</span>
        <input
          type="range"
          min="0"
          max={last}
          value={count}
          aria-valuetext={t("data.replay_at", { step: formatNumber(count), last: formatNumber(last), told })}
          onChange={(event) => go(Number(event.target.value))}
        />
        <span className="meta num">{edit === null ? "0:00" : formatDuration(edit.at_ms)}</span>
      </label>
      <p className="meta" aria-hidden="true">
        {t("data.replay_at", { step: formatNumber(count), last: formatNumber(last), told })}
      </p>
      <p className="grown" dir="auto">
        {runsWithPlaces(step.runs).map(({ place, text, source, draft }) => (
          <span
            key={place}
            className={`from-${source}`}
            title={source === "typed" ? undefined : sourceName(source, draft)}
          >
            {source === "draft" && <span className="vh"> [{sourceName(source, draft)}: </span>}
            {text}
            {source === "draft" && <span className="vh">] </span>}
          </span>
        ))}
        {step.removed !== "" && (
          <del dir="auto" className="went">
            {step.removed}
          </del>
        )}
      </p>
    </div>
  );

  function sourceName(source: string, draft: number | null): string {
    const number = draft === null ? null : numberOf(draft);
    return source === "draft" && number !== null
      ? t("data.from_draft_number", { number })
      : t(`data.from_${source}`);
  }
}

/** Runs with where they begin, which tells them apart. */
function runsWithPlaces<T extends { text: string }>(runs: readonly T[]): (T & { place: number })[] {
  let place = 0;
  return runs.map((run) => {
    const at = place;
    place += run.text.length;
    return { ...run, place: at };
  });
}
