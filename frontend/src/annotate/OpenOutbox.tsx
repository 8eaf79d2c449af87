import { useGuardLeaving } from "./useGuardLeaving";
import { useOpenOutbox, useOutbox, useOutboxState } from "./useOutbox";

/** Sends the answers of the person logged in, whatever screen is open. */
export function OpenOutbox() {
  useOpenOutbox();
  const outbox = useOutboxState(useOutbox());
  useGuardLeaving(outbox?.isLasting === false && outbox.entries.length > 0);
  return null;
}
