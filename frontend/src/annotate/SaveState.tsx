/** Where the work is: saved, on its way, kept here while the network is gone, or not accepted. */
import { useTranslation } from "react-i18next";
import { Icon } from "../shared/Icon";
import type { DraftState } from "./drafts";
import type { OutboxState } from "./outbox";

export type Save = "saved" | "saving" | "offline" | "failed" | "kept_here";

export function saveOf(outbox: OutboxState | null, draft: DraftState): Save {
  if (outbox === null) return "saving";
  if (outbox.entries.some(({ state }) => state !== "waiting")) return "failed";
  if (!outbox.isReachable) return "offline";
  if (outbox.entries.length > 0 || draft === "saving") return "saving";
  return draft;
}

const LOOKS = {
  saved: { icon: "check", tone: "pass" },
  saving: { icon: "sync", tone: "meta" },
  kept_here: { icon: "cloudOff", tone: "warn" },
  offline: { icon: "cloudOff", tone: "warn" },
  failed: { icon: "warning", tone: "redo" },
} as const;

export function SaveState({ save, waiting, onOpen }: { save: Save; waiting: number; onOpen: () => void }) {
  const { t } = useTranslation();
  const { icon, tone } = LOOKS[save];
  const words = (
    <>
      <Icon name={icon} /> <span className="txt">{t(`annotate.save.${save}`, { count: waiting })}</span>
    </>
  );
  return (
    <span className="save" role="status" data-save={save}>
      {save === "failed" ? (
        <button type="button" className="btn quiet sm redo" onClick={onOpen}>
          {words}
        </button>
      ) : (
        <span className={`row ctl ${tone}`}>{words}</span>
      )}
    </span>
  );
}
