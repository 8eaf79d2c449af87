/** What the policy comes to: in words, and as the prompt it fills for an item. Nothing is asked. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { readItems, readModels } from "../api/researcher";
import type { PromptMessage } from "../api/researcher_types";
import { FilledPrompt } from "../data/Calls";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatNumber } from "../shared/format";
import type { EditorProps } from "./AssistantScreen";
import { policySentences, querySource, readsPictures } from "./policy";
import { previewPrompt, useExamples } from "./requests";
import type { AssistantPrompt } from "./types";

const PAUSE_MS = 250;
const LISTED = 50;

export function PromptPreview({
  slug,
  spec,
  policy,
  isSaved,
}: Pick<EditorProps, "spec" | "policy"> & { slug: string; isSaved: boolean }) {
  const { t } = useTranslation();
  const models = useQuery({ queryKey: ["models"], queryFn: readModels });
  const known = {
    examples: useExamples(slug).data?.examples.length ?? 0,
    readsPictures: readsPictures(models.data?.find(({ name }) => name === policy.model)),
  };
  return (
    <aside className="preview-pane assistant-says" aria-label={t("assistant.preview")}>
      <p className="meta">{t(isSaved ? "assistant.in_force" : "assistant.once_saved")}</p>
      <div className="stack pane-part sentence" role="status">
        {policySentences(policy, spec, known, t).map((sentence) => (
          <p key={sentence} dir="auto">
            {sentence}
          </p>
        ))}
      </div>
      <section className="stack pane-part" aria-labelledby="prompt">
        <h2 id="prompt" className="q">
          {t("assistant.preview")}
        </h2>
        {policy.model === null ? (
          <Empty title={t("assistant.preview_none")}>{t("assistant.preview_none_why")}</Empty>
        ) : (
          <Filled slug={slug} spec={spec} policy={policy} />
        )}
      </section>
    </aside>
  );
}

function Filled({ slug, spec, policy }: Pick<EditorProps, "spec" | "policy"> & { slug: string }) {
  const { t } = useTranslation();
  const items = useQuery({
    queryKey: ["preview-items", slug],
    queryFn: () => readItems(slug, { limit: LISTED }),
  });
  const [chosen, choose] = useState<number | null>(null);
  const [query, setQuery] = useState(t("assistant.preview_sample"));
  const item = chosen ?? items.data?.items[0]?.id ?? null;
  const nameOf = (id: number | null) => items.data?.items.find((each) => each.id === id)?.external_id;
  const source = querySource(policy, spec);
  const asked = useSettled({ item, query: source?.by === "person" ? query : "", assistant: policy });
  const preview = useQuery({
    queryKey: ["assistant-preview", slug, asked],
    queryFn: () => previewPrompt(slug, asked),
    enabled: items.isSuccess,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  return (
    <>
      <p className="meta">{t("assistant.preview_note")}</p>
      {items.data?.items.length === 0 && <p className="ctl">{t("assistant.preview_no_items")}</p>}
      {items.data && items.data.items.length > 0 && (
        <FormRow label={t("assistant.preview_item")}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={item ?? ""}
              onChange={(event) => choose(Number(event.target.value))}
            >
              {items.data.items.map(({ id, external_id, excerpt }) => (
                <option key={id} value={id}>
                  {excerpt === "" ? external_id : `${external_id} · ${excerpt}`}
                </option>
              ))}
            </select>
          )}
        </FormRow>
      )}
      {source?.by === "person" && (
        <FormRow label={t("assistant.preview_query")}>
          {(tied) => (
            <input
              className="field"
              dir="auto"
              {...tied}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          )}
        </FormRow>
      )}
      <ErrorNote error={items.error ?? preview.error} onRetry={() => void preview.refetch()} />
      {preview.data && (
        <div
          className="filled-prompt"
          aria-busy={preview.isFetching || preview.isPlaceholderData}
          data-item={nameOf(preview.data.item)}
        >
          <p className="meta">
            {t("assistant.preview_version", { version: preview.data.version })}
            {" · "}
            {t("assistant.preview_tokens", {
              count: preview.data.tokens,
              formatted: formatNumber(preview.data.tokens),
            })}
          </p>
          <FilledPrompt messages={preview.data.messages.map(messageOf)} />
        </div>
      )}
    </>
  );
}

/** A message as it is shown: its text, then its pictures. */
function messageOf({ role, text, pictures }: AssistantPrompt["messages"][number]): PromptMessage {
  const picture = { kind: "image", media_type: "", sha256: "" } as const;
  return { role, parts: [{ kind: "text", text }, ...Array.from({ length: pictures }, () => picture)] };
}

/** The value once it stood still for a moment, so that not every key asks the server. */
function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(JSON.parse(text) as T), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
