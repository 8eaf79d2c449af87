/** Why an item cannot be judged: one key a reason; "other" wants words. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RejectReason } from "../api/types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { useCommands } from "../shared/keys";

const REJECT_REASONS: readonly RejectReason[] = ["language", "rendering", "context", "other"];

interface Props {
  /** Start with a reason chosen: it only lacks its words. */
  reason?: RejectReason;
  onReject: (reason: RejectReason, note: string) => void;
  onClose: () => void;
}

export function RejectDialog({ reason, onReject, onClose }: Props) {
  const { t } = useTranslation();
  const [isOther, setOther] = useState(reason === "other");
  const [note, setNote] = useState("");
  const take = (chosen: RejectReason) => (chosen === "other" ? setOther(true) : onReject(chosen, ""));
  const send = () => note.trim() !== "" && onReject("other", note.trim());
  useCommands([
    ...REJECT_REASONS.map((each, position) => ({
      id: `reject.${each}`,
      keys: [String(position + 1)],
      scope: "modal" as const,
      label: `annotate.reasons.${each}`,
      run: () => take(each),
    })),
    {
      id: "reject.send",
      keys: ["Ctrl+Enter"],
      scope: "modal",
      label: "annotate.reject_item",
      inText: true,
      run: send,
    },
  ]);
  return (
    <Dialog
      title={t("annotate.reject_title")}
      onClose={onClose}
      actions={
        isOther && (
          <Button look="primary" command="reject.send" disabled={note.trim() === ""} onClick={send}>
            {t("annotate.reject_item")}
          </Button>
        )
      }
    >
      <p className="meta">{t("annotate.reject_why")}</p>
      <div className="reasons">
        {REJECT_REASONS.map((each) => (
          <Button
            key={each}
            command={`reject.${each}`}
            aria-pressed={each === "other" && isOther ? true : undefined}
            onClick={() => take(each)}
          >
            {t(`annotate.reasons.${each}`)}
          </Button>
        ))}
      </div>
      {isOther && (
        <div className="form-row">
          <label htmlFor="reject-note">{t("annotate.reject_note")}</label>
          <textarea
            id="reject-note"
            className="field"
            rows={3}
            dir="auto"
            value={note}
            onChange={(event) => setNote(event.target.value)}
            autoFocus
            data-autofocus
          />
        </div>
      )}
    </Dialog>
  );
}

/** The reasons at the end of the form, a click each. */
export function CannotBeJudged({ onReject, onOther }: { onReject: Props["onReject"]; onOther: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="reject">
      <span className="grow">{t("annotate.cannot_be_judged")}</span>
      {REJECT_REASONS.map((reason) => (
        <Button
          key={reason}
          look="quiet"
          small
          onClick={() => (reason === "other" ? onOther() : onReject(reason, ""))}
        >
          {t(`annotate.reasons.${reason}`)}
        </Button>
      ))}
    </div>
  );
}
