/** The assistant's column: a word of caution, and the drafts, the latest first. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import { currentMe, savePreferences } from "../api/session";
import type { Draft, Question } from "../api/types";
import { Button } from "../shared/Button";
import { useCommands } from "../shared/keys";
import { Mark } from "../shared/Mark";
import "../locales/assist";
import type { Block } from "../write/alignment";
import "./assist.css";
import { CapabilityCard } from "./CapabilityCard";
import { Caution } from "./Caution";
import { Compare } from "./Compare";
import { DraftBox } from "./DraftBox";
import { seesOnly } from "./sees";
import type { AssistantCard, AssistantSummary } from "./types";
import type { Assist } from "./useAssist";
import { useSelected } from "./useSelected";

export interface DraftsProps {
  assist: Assist;
  assistant: AssistantSummary;
  /** Of the project, for what was measured. */
  slug: string;
  questions: readonly Question[];
  /** What is asked now. */
  query: string;
  /** What of the drafts stands in the drafted text. */
  blocks: readonly Block[];
  /** Puts a draft, or a part of it, where the cursor is. */
  onInsert: (draft: number, text: string) => void;
}

export default function Drafts(props: DraftsProps) {
  const { assist, assistant, slug, questions, query, blocks, onInsert } = props;
  const { t } = useTranslation();
  const { data: card } = useQuery(cardOf(slug));
  const [isCardOpen, openCard] = useState(false);
  const [isComparing, compare] = useState(false);
  const [insertions, setInsertions] = useState(0);
  const selected = useSelected();
  const written = assist.drafts.filter(isUsable);
  const next = written.find(({ id }) => id === selected?.draft) ?? written.at(-1);
  useFirstCard(card, assist.drafts.at(-1)?.version ?? "", () => openCard(true));

  const insert = (draft: Draft, words: string) => {
    onInsert(draft.id, words);
    setInsertions((count) => count + 1);
  };
  useCommands([
    {
      id: "annotate.insert_draft",
      keys: ["Ctrl+i"],
      label: "keys.insert_draft",
      scope: "page",
      inText: true,
      isEnabled: () => next !== undefined,
      run: () => next && insert(next, selected?.draft === next.id ? selected.text : next.text),
    },
  ]);
  return (
    <aside
      className="drafts"
      data-empty={assist.drafts.length === 0 || undefined}
      aria-label={t("assist.drafts.title")}
    >
      <div className="drafts-head">
        <h2 className="tag m">
          <Mark of="model" /> <span dir="auto">{t("assist.drafts.by", { model: assistant.model })}</span>
        </h2>
        <button
          type="button"
          className="link meta"
          aria-label={`${t("assist.drafts.about")}: ${seesOnly(assistant, t)}`}
          disabled={!card}
          onClick={() => openCard(true)}
        >
          {seesOnly(assistant, t)}
        </button>
        <span className="grow" />
        {written.length > 1 && (
          <Button look="quiet" small onClick={() => compare(true)}>
            {t("assist.drafts.compare")}
          </Button>
        )}
      </div>
      <Caution measured={card?.measured} />
      {assist.drafts.length === 0 && <p className="meta none">{t("assist.drafts.none")}</p>}
      {assist.drafts.toReversed().map((draft) => (
        <DraftBox
          key={draft.number}
          draft={draft}
          since={assist.since}
          delay={assist.waiting?.reason ?? null}
          blocks={blocks}
          query={query}
          maxWords={assistant.max_words}
          modelName={assistant.model}
          selected={selected?.draft === draft.id ? selected.text : null}
          isNext={draft.id === next?.id}
          onInsert={(words) => insert(draft, words)}
          onStop={assist.stop}
          onRate={(said) => assist.rate(draft.id, said)}
        />
      ))}
      <p className="vh" role="status">
        {insertions > 0 && <span key={insertions}>{t("assist.drafts.was_inserted")}</span>}
      </p>
      {isComparing && written.length > 1 && (
        <Compare
          drafts={written}
          onInsert={(draft) => {
            compare(false);
            insert(draft, draft.text);
          }}
          onClose={() => compare(false)}
        />
      )}
      {isCardOpen && card && (
        <CapabilityCard
          card={card}
          questions={questions}
          onClose={() => {
            markSeen(cardKey(card.model, card.version));
            openCard(false);
          }}
        />
      )}
    </aside>
  );
}

/** Whether there is something to insert. */
function isUsable({ status, text }: Draft): boolean {
  return status !== "generating" && status !== "abstained" && text.trim() !== "";
}

const cardOf = (slug: string) => ({
  queryKey: ["assistant", slug],
  queryFn: () => unwrap(api.GET("/api/projects/{p}/assistant", { params: { path: { p: slug } } })),
  staleTime: 5 * 60_000,
});

/** Open the card of an assistant the person has not worked with; its version may come with its first draft. */
function useFirstCard(card: AssistantCard | null | undefined, newest: string, open: () => void): void {
  const isAsked = useRef(false);
  useEffect(() => {
    const me = currentMe();
    if (!card || me === null || isAsked.current) return;
    isAsked.current = true;
    if (!(me.preferences.seen_cards ?? []).includes(cardKey(card.model, card.version))) open();
  });
  useEffect(() => {
    if (card?.version === null && newest !== "") markSeen(cardKey(card.model, newest));
  }, [card, newest]);
}

function cardKey(model: string, version: string | null): string {
  return `assistant ${model} ${version ?? ""}`.trim();
}

function markSeen(key: string): void {
  const seen = currentMe()?.preferences.seen_cards ?? [];
  if (!seen.includes(key)) void savePreferences({ seen_cards: [...seen, key] });
}
