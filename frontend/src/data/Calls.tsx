/** The calls a model answered about an item: the filled prompt as it was sent, and the reply. */
import { useTranslation } from "react-i18next";
import type { PromptMessage, RecordCall } from "../api/researcher_types";
import { formatUsd, formatWhen } from "../projects/quantities";
import { formatNumber } from "../shared/format";

export function Calls({ calls }: { calls: RecordCall[] }) {
  const { t } = useTranslation();
  if (calls.length === 0) return null;
  return (
    <details className="calls">
      <summary className="ctl">{t("data.calls", { count: calls.length })}</summary>
      {calls.map((call) => (
        <details key={call.id} className="card call">
          <summary className="ctl">
            <span>{call.model}</span>{" "}
            <span className="meta">
              {formatWhen(call.created_at)}
              {call.input_tokens !== null &&
                ` · ${t("data.tokens", { in: formatNumber(call.input_tokens), out: formatNumber(call.output_tokens ?? 0) })}`}
              {call.cost_usd ? ` · ${formatUsd(call.cost_usd)}` : ""}
              {call.latency_ms !== null && ` · ${formatNumber(Math.round(call.latency_ms))} ms`}
            </span>
          </summary>
          <FilledPrompt messages={call.messages} />
          <h4 className="meta">{t(call.error ? "data.call_failed" : "data.reply")}</h4>
          <pre className="code" dir="auto">
            {call.error ?? call.reply}
          </pre>
        </details>
      ))}
    </details>
  );
}

export function FilledPrompt({ messages }: { messages: PromptMessage[] }) {
  const { t } = useTranslation();
  return messages.map((message, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a call never change
    <div key={place}>
      <h4 className="meta">{t(`data.role_${message.role}`)}</h4>
      <pre className="code" dir="auto">
        {message.parts.map((part) => (part.kind === "text" ? part.text : `[${t("data.image")}]`)).join("\n")}
      </pre>
    </div>
  ));
}
