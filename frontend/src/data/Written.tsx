/** How a text that was sent came about: the share from drafts, what changed, what was pasted, and its replay. */
import { useTranslation } from "react-i18next";
import type { RecordWriting } from "../api/researcher_types";
import type { Draft } from "../api/types";
import { inWords } from "../projects/quantities";
import { formatNumber, formatPercent } from "../shared/format";
import { Replay } from "./Replay";

interface Props {
  writing: RecordWriting;
  drafts: Draft[];
  title: string;
}

export function Written({ writing, drafts, title }: Props) {
  const { t } = useTranslation();
  const { base, edits, draft_id, draft_share, edit_distance, words, pasted, first_edit_ms } = writing;
  const numberOf = (id: number) => drafts.find((draft) => draft.id === id)?.number ?? null;
  const most = draft_id === null ? null : numberOf(draft_id);
  const figures = [
    t("data.words", { count: words, formatted: formatNumber(words) }),
    drafts.length > 0 && t("data.draft_share", { share: formatPercent(draft_share) }),
    edit_distance !== null &&
      t(most === null ? "data.edit_distance" : "data.edit_distance_from", {
        count: edit_distance,
        formatted: formatNumber(edit_distance),
        number: most,
      }),
    first_edit_ms !== null && t("data.first_edit", { time: inWords(first_edit_ms / 1000) }),
    ...Object.entries(pasted)
      .filter(([, count]) => count > 0)
      .map(([source, count]) => t(`data.pasted_${source}`, { count, formatted: formatNumber(count) })),
  ].filter((each) => each !== false);
  return (
    <details className="written">
      <summary>
        {t("data.grew", { title })} <span className="meta">{figures.join(" · ")}</span>
      </summary>
      <Replay writing={{ base, edits }} numberOf={numberOf} title={title} />
      {!writing.is_complete && edits.length > 0 && <p className="meta">{t("data.replay_hole")}</p>}
    </details>
  );
}
