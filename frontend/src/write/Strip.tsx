/** Whose words a text is made of: the share of the drafts, the runs in order, and what the person changed. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "../api/types";
import { difference } from "../review/difference";
import { Button } from "../shared/Button";
import { formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";
import { showToast } from "../shared/toast";
import "../locales/write";
import { align, type Block } from "./alignment";
import { inPercent } from "./copied";
import { passagesOf, type Run, runsOf, sharesOf, without } from "./passages";
import { type Measured, useWrittenWith } from "./written_with";

interface Props {
  question: string;
  measured: Measured;
  /** The text as it is now. */
  text: string;
  /** Puts another text in its place; the person can undo that. */
  onReplace: (after: string) => void;
}

/** So many runs are told in words. */
const MOST_RUNS = 12;

export default function Strip({ question, measured, text, onReplace }: Props) {
  const { t } = useTranslation();
  const written = useWrittenWith();
  const [isOpen, open] = useState(false);
  const { alignment } = measured;
  const drafts = written?.drafts ?? [];
  const numberOf = (id: number) => drafts.find((draft) => draft.id === id)?.number ?? 0;
  const shares = sharesOf(alignment);
  const chief = drafts.find(({ id }) => id === shares[0]?.draft);
  const hasLimit = written !== null && written.copying !== "allow" && written.answers === question;
  const limit = written?.copy_limit ?? 1;
  const percent = hasLimit
    ? inPercent(alignment.share, limit)
    : { share: formatPercent(alignment.share), limit: "" };
  const takeOut = () => {
    onReplace(without(text, passagesOf(text, align(text, drafts), drafts)));
    showToast(t("write.strip.taken_out"), { label: t("annotate.undo"), run: () => onReplace(text) });
  };
  return (
    <section className="strip" aria-label={t("write.strip.title")}>
      <div className="row">
        <span className="says">
          <b>{t("write.strip.share", { count: Math.max(1, shares.length), share: percent.share })}</b>{" "}
          {hasLimit && <span className="meta">{t("write.strip.limit", { limit: percent.limit })}</span>}
        </span>
        {chief && (
          <span className="acts">
            <Button
              look="quiet"
              small
              icon="difference"
              aria-expanded={isOpen}
              aria-controls={`changes-${question}`}
              onClick={() => open(!isOpen)}
            >
              {t("write.strip.changes")}
            </Button>
            <Button look="quiet" small icon="x" onClick={takeOut}>
              {t("write.strip.take_out")}
            </Button>
          </span>
        )}
      </div>
      <Bar runs={runsOf(measured.text, alignment)} numberOf={numberOf} />
      <div className="row legend">
        <span className="tag h">
          <Mark of="person" /> {t("write.strip.you", { share: formatPercent(1 - alignment.share) })}
        </span>
        {shares.map(({ draft, share }) => (
          <span key={draft} className="tag m">
            <Mark of="model" />{" "}
            {t("write.strip.draft", { number: numberOf(draft), share: formatPercent(share) })}
          </span>
        ))}
        <span className="grow" />
        {chief && !isOpen && <Changed draft={chief} measured={measured} />}
      </div>
      {chief && isOpen && <Changes id={`changes-${question}`} draft={chief} text={measured.text} />}
    </section>
  );
}

function Bar({ runs, numberOf }: { runs: readonly Run[]; numberOf: (draft: number) => number }) {
  const { t } = useTranslation();
  const told = runs
    .slice(0, MOST_RUNS)
    .map(({ draft }) =>
      draft === null ? t("write.strip.yours") : t("write.strip.draft_named", { number: numberOf(draft) }),
    );
  const more = runs.length - told.length;
  return (
    <div
      className="mix"
      role="img"
      aria-label={t("write.strip.in_order", {
        runs: told.join(t("write.strip.then")),
        more: more > 0 ? t("write.strip.more_runs", { count: more }) : "",
      })}
    >
      {runs.map(({ draft, words }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: runs have no name but their place
        <i key={at} className={draft === null ? undefined : "m"} style={{ flexGrow: words }} />
      ))}
    </div>
  );
}

interface Change {
  removed: string;
  added: string;
}

/** Longer texts are compared only when they are asked for. */
const SHORT = 6000;

/** The first thing the person changed of the draft, and how many more. */
function Changed({ draft, measured }: { draft: Draft; measured: Measured }) {
  const { t } = useTranslation();
  const changes = useMemo(() => changesOf(draft, measured), [draft, measured]);
  const [first, ...more] = changes;
  if (first === undefined) return null;
  return (
    <span className="changed">
      <span className="meta">{t("write.strip.you_changed")}</span>{" "}
      <del className="del" dir="auto">
        {first.removed}
      </del>{" "}
      {first.added !== "" && (
        <ins className="ins" dir="auto">
          {first.added}
        </ins>
      )}{" "}
      {more.length > 0 && (
        <span className="meta">{t("write.strip.more_changes", { count: more.length })}</span>
      )}
    </span>
  );
}

/** What was replaced or left out between the passages that were kept. */
function changesOf(draft: Draft, { text, alignment }: Measured): Change[] {
  const blocks = alignment.blocks.filter((block) => block.draft === draft.id);
  const found: Change[] = [];
  blocks.forEach((block, at) => {
    const next: Block | undefined = blocks[at + 1];
    if (next === undefined || next.draftStart < block.draftEnd) return;
    const [before, after] = [
      draft.text.slice(block.draftEnd, next.draftStart),
      text.slice(block.end, next.start),
    ];
    if (before.length + after.length > SHORT) return;
    const removed = before.trim();
    if (/[\p{L}\p{N}]/u.test(removed) && removed !== after.trim())
      found.push({ removed, added: after.trim() });
  });
  return found;
}

/** The whole draft against the text as it is. */
function Changes({ id, draft, text }: { id: string; draft: Draft; text: string }) {
  const { t } = useTranslation();
  const pieces = useMemo(() => difference(draft.text, text), [draft, text]);
  return (
    <section
      className="changes"
      id={id}
      tabIndex={0}
      aria-label={t("write.strip.changes_of", { number: draft.number })}
    >
      <p className="meta">{t("write.strip.changes_why", { number: draft.number })}</p>
      <p dir="auto" className="against">
        {pieces.map(({ text: words, change }, at) => {
          // biome-ignore-start lint/suspicious/noArrayIndexKey: pieces have no name but their place
          if (change === "removed")
            return (
              <del key={at} className="del">
                {words}
              </del>
            );
          if (change === "added")
            return (
              <ins key={at} className="ins">
                {words}
              </ins>
            );
          return <span key={at}>{words}</span>;
          // biome-ignore-end lint/suspicious/noArrayIndexKey: as above
        })}
      </p>
    </section>
  );
}
