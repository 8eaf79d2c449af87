/** A draft a model wrote for somebody: how it ended, what it says, and what they said of it. */
import { useTranslation } from "react-i18next";
import type { Draft } from "../api/types";
import { formatNumber } from "../shared/format";

export function Drafted({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { status, is_cut, reason, query, text, tokens, rating } = draft;
  return (
    <div className="d mini model stack">
      <p className="meta">
        {t(`data.draft_${status}`)}
        {is_cut && ` · ${t("data.draft_cut")}`}
        {tokens !== null &&
          ` · ${t("data.draft_tokens", { count: tokens, formatted: formatNumber(tokens) })}`}
      </p>
      {reason !== null && <p dir="auto">{reason}</p>}
      {query !== "" && (
        <p>
          <span className="meta">{t("data.draft_query")}</span> <span dir="auto">{query}</span>
        </p>
      )}
      {text !== "" && (
        <p className="grown" dir="auto">
          {text}
        </p>
      )}
      {rating && (
        <p className="rated">
          <b>{t(`data.rated_${rating.thumb}`)}</b>
          {rating.complaints.map((each) => (
            <span key={each} className="chip warn">
              {t(`data.complaint_${each}`)}
            </span>
          ))}
          {rating.note !== "" && <span dir="auto">{rating.note}</span>}
        </p>
      )}
    </div>
  );
}
