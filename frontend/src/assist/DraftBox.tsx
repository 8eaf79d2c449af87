/** One draft: its text as it comes, what became of it, and what the person thinks of it. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "../api/types";
import { Button } from "../shared/Button";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import "../locales/assist";
import type { Block } from "../write/alignment";
import "./assist.css";
import { DraftText } from "./DraftText";
import {
  hasMarkdown,
  insertedOf,
  isInserted,
  type Passage,
  type Sentence,
  sentencesOf,
  unsureOf,
} from "./passages";
import { RatingChips } from "./RatingChips";
import { formatSeconds, Seconds } from "./Seconds";
import type { Said } from "./types";

export interface DraftBoxProps {
  draft: Draft;
  /** Since when it is being written. */
  since: number | null;
  /** Why it has not begun, in the server's words. */
  delay: string | null;
  /** What of all drafts stands in the response. */
  blocks: readonly Block[];
  /** What is asked now. */
  query: string;
  /** The words that were asked for. */
  maxWords: number | null;
  /** The model that writes now. */
  modelName: string;
  /** What is selected in it. */
  selected: string | null;
  /** Whether the key inserts this one. */
  isNext: boolean;
  onInsert: (text: string) => void;
  onStop: () => void;
  onRate: (said: Said) => Promise<unknown>;
}

type Translate = ReturnType<typeof useTranslation>["t"];
type View = "formatted" | "plain" | "sentences";

const NO_SENTENCES: readonly Sentence[] = [];

export function DraftBox(props: DraftBoxProps) {
  const { draft, blocks, query, selected, isNext, onInsert, onRate } = props;
  const { t } = useTranslation();
  const isGenerating = draft.status === "generating";
  const inserted = insertedOf(draft, blocks);
  const sentences = isGenerating ? NO_SENTENCES : sentencesOf(draft.text);
  const name = t(`assist.draft.standing.${draft.status}`, { number: draft.number });
  const isUsable = !isGenerating && draft.status !== "abstained" && draft.text.trim() !== "";
  return (
    <section
      className={`box model${isGenerating ? "" : " done"}`}
      data-status={draft.status}
      aria-label={name}
      aria-busy={isGenerating}
    >
      <header>
        <Mark of="model" />
        <h3>{t("assist.draft.name", { number: draft.number })}</h3>
        <span className="meta grow">
          {isGenerating ? <Progress {...props} /> : endedIn(draft, sentences, inserted, t)}
          {draft.model.name !== props.modelName && (
            <>
              {" "}
              · <bdi>{draft.model.name}</bdi>
            </>
          )}
          {draft.model.recorded && ` · ${t("assist.draft.recorded")}`}
        </span>
        {isGenerating && (
          <Button small icon="stop" command="annotate.generate" onClick={props.onStop}>
            {t("assist.bar.stop")}
          </Button>
        )}
        {isUsable && (
          <Button
            small
            icon="download"
            className="on-model"
            command={isNext ? "annotate.insert_draft" : undefined}
            onMouseDown={(event) => event.preventDefault()} // what is selected stays selected
            onClick={() => onInsert(selected ?? draft.text)}
          >
            {t(selected === null ? "assist.draft.insert_all" : "assist.draft.insert_selected")}
          </Button>
        )}
      </header>
      {isGenerating ? (
        <Growing {...props} />
      ) : (
        <Ended
          draft={draft}
          sentences={sentences}
          inserted={inserted}
          isUsable={isUsable}
          onInsert={onInsert}
        />
      )}
      {draft.query !== "" && draft.query.trim() !== query.trim() && (
        <p className="meta asked" dir="auto">
          {t("assist.draft.asked", { query: draft.query })}
        </p>
      )}
      {!isGenerating && draft.text.trim() !== "" && (
        <RatingChips
          label={t("assist.rating.of_draft", { number: draft.number })}
          said={draft.rating}
          onSay={onRate}
        />
      )}
    </section>
  );
}

/** How it stands while it is written. */
function Progress({ draft, since, delay }: DraftBoxProps) {
  const { t } = useTranslation();
  const isWaiting = draft.text === "";
  return (
    <>
      {isWaiting ? t("assist.bar.waiting") : `${t("assist.draft.state.generating")} · ${tokensOf(draft, t)}`}
      {since !== null && (
        <>
          {" "}
          · <Seconds since={since} />
        </>
      )}
      {isWaiting && delay !== null && <bdi> · {delay}</bdi>}
    </>
  );
}

/** While it is written: plain, with a cursor. */
function Growing({ draft, maxWords }: DraftBoxProps) {
  const { t } = useTranslation();
  const words = maxWords === null ? 0 : (draft.text.match(/\S+/g)?.length ?? 0);
  const share = maxWords === null ? 0 : Math.min(100, Math.round((100 * words) / maxWords));
  return (
    <>
      <p className="plain words" dir="auto">
        {draft.text}
        <span className="cursor" />
      </p>
      {maxWords !== null && (
        <span
          className="bar"
          style={{ "--v": `${share}%` }}
          role="progressbar"
          aria-label={t("assist.draft.length")}
          aria-valuenow={share}
        >
          <i />
        </span>
      )}
    </>
  );
}

/** How it ended, and what of it is in the response, else what it took. */
function endedIn(
  draft: Draft,
  sentences: readonly Sentence[],
  inserted: readonly Passage[],
  t: Translate,
): string {
  const count = sentences.filter((sentence) => isInserted(sentence, inserted)).length;
  const figures =
    inserted.length > 0
      ? [t("assist.draft.inserted", { inserted: formatNumber(count), count: sentences.length })]
      : [
          ...(draft.tokens ? [tokensOf(draft, t)] : []),
          t("assist.bar.seconds", { seconds: formatSeconds(draft.generation_ms) }),
        ];
  return [t(`assist.draft.state.${draft.status}`), ...figures].join(" · ");
}

interface EndedProps {
  draft: Draft;
  sentences: readonly Sentence[];
  inserted: readonly Passage[];
  isUsable: boolean;
  onInsert: (text: string) => void;
}

function Ended({ draft, sentences, inserted, isUsable, onInsert }: EndedProps) {
  const { t } = useTranslation();
  const isFormattable = hasMarkdown(draft.text);
  const [view, setView] = useState<View>(isFormattable ? "formatted" : "plain");
  const unsure = unsureOf(draft);
  return (
    <>
      {draft.status === "abstained" && <Outcome>{t("assist.draft.abstained")}</Outcome>}
      {draft.text.trim() === "" ? (
        draft.status !== "abstained" && <Outcome>{t("assist.draft.nothing_came")}</Outcome>
      ) : view === "sentences" && isUsable ? (
        <ol className="sentences">
          {sentences.map((sentence) => (
            <li key={sentence.start} data-inserted={isInserted(sentence, inserted) || undefined}>
              <button
                type="button"
                className="btn quiet"
                dir="auto"
                aria-label={t("assist.draft.insert_sentence", { sentence: sentence.text })}
                onClick={() => onInsert(sentence.text)}
              >
                <Icon name={isInserted(sentence, inserted) ? "check" : "download"} small />
                <span>{sentence.text}</span>
              </button>
              {isInserted(sentence, inserted) && <span className="vh">{t("assist.draft.is_inserted")}</span>}
            </li>
          ))}
        </ol>
      ) : (
        <div className="words" data-draft-text={draft.id}>
          <DraftText
            text={draft.text}
            inserted={inserted}
            unsure={unsure}
            isFormatted={view === "formatted"}
          />
        </div>
      )}
      {draft.is_cut && (
        <p className="meta row">
          <Icon name="warning" small /> {t("assist.draft.cut")}
        </p>
      )}
      {unsure.length > 0 && (
        <ul className="doubts">
          {unsure.map(({ start, end, probability }) => (
            <li key={start}>
              {t("assist.draft.unsure", { share: formatPercent(probability) })}{" "}
              <span className="unsure" dir="auto">
                {shortened(draft.text.slice(start, end))}
              </span>{" "}
              <span className="meta">({t("assist.draft.not_calibrated")})</span>
            </li>
          ))}
        </ul>
      )}
      {isUsable && (isFormattable || sentences.length > 1) && (
        <ViewSwitch view={view} isFormattable={isFormattable} onView={setView} />
      )}
    </>
  );
}

interface ViewSwitchProps {
  view: View;
  isFormattable: boolean;
  onView: (view: View) => void;
}

/** As Markdown, as it would be inserted, or sentence by sentence to insert one. */
function ViewSwitch({ view, isFormattable, onView }: ViewSwitchProps) {
  const { t } = useTranslation();
  const views: View[] = isFormattable ? ["formatted", "plain", "sentences"] : ["plain", "sentences"];
  return (
    <div className="views" role="group" aria-label={t("assist.draft.view")}>
      {views.map((each) => (
        <button
          key={each}
          type="button"
          className="btn quiet sm"
          aria-pressed={view === each}
          onClick={() => onView(each)}
        >
          {t(`assist.draft.${each}`)}
        </button>
      ))}
    </div>
  );
}

function Outcome({ children }: { children: ReactNode }) {
  return <p className="outcome">{children}</p>;
}

function tokensOf(draft: Draft, t: Translate): string {
  const count = draft.tokens ?? 0;
  return t("assist.bar.tokens", { count, formatted: formatNumber(count) });
}

const MOST_SHOWN = 60;

/** The beginning of a passage, to the end of a word where it has spaces. */
function shortened(passage: string): string {
  const words = passage.trim();
  if (words.length <= MOST_SHOWN) return words;
  const start = words.slice(0, MOST_SHOWN);
  return `${start.slice(0, Math.max(start.lastIndexOf(" "), MOST_SHOWN / 2)).trimEnd()}…`;
}
