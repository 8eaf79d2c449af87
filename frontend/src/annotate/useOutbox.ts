/** The outbox of the person at work, alive as long as a labeling screen is. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { logInAgain } from "../api/session";
import type { Me } from "../api/types";
import { Outbox, type OutboxOptions, type OutboxState } from "./outbox";
import { sendEntry } from "./send";
import { openStorage, type Storage } from "./storage";

export interface Kept {
  outbox: Outbox;
  storage: Storage;
}

export function useOutbox(me: Me, onSent: NonNullable<OutboxOptions["onSent"]>): Kept | null {
  const [kept, setKept] = useState<Kept | null>(null);
  const person = { id: me.id, name: me.name };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new outbox only for another person
  useEffect(() => {
    let isGone = false;
    let opened: Outbox | undefined;
    const wake = () => opened?.wake();
    void openStorage().then(async (storage) => {
      const outbox = await Outbox.open({ storage, person, send: sendEntry, logInAgain, onSent });
      opened = outbox;
      if (isGone) outbox.stop();
      else setKept({ outbox, storage });
    });
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      isGone = true;
      opened?.stop();
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [me.id]);
  return kept;
}

const NEVER = () => () => undefined;

export function useOutboxState(kept: Kept | null): OutboxState | null {
  return useSyncExternalStore(kept?.outbox.subscribe ?? NEVER, () => kept?.outbox.getState() ?? null);
}
