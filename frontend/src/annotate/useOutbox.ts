/** The outbox of whoever is logged in: it sends whatever screen is open, and stops when they log out. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { logInAgain, useSession } from "../api/session";
import { Outbox, type OutboxState } from "./outbox";
import { sendEntry } from "./send";
import { openStorage, type Storage } from "./storage";

export interface Kept {
  outbox: Outbox;
  storage: Storage;
}

let kept: Kept | null = null;
const listeners = new Set<() => void>();
/** One a page, so that what only memory holds outlives a log-out. */
let storage: Promise<Storage> | undefined;

function set(next: Kept | null): void {
  kept = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Keep the outbox open; for the one component around all screens. */
export function useOpenOutbox(): void {
  const { me } = useSession();
  const queries = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new outbox only for another person
  useEffect(() => {
    if (me === null) return;
    const person = { id: me.id, name: me.name };
    let isGone = false;
    let opened: Outbox | undefined;
    const wake = () => opened?.wake();
    storage ??= openStorage();
    void storage.then(async (storage) => {
      if (isGone) return;
      const outbox = await Outbox.open({
        storage,
        person,
        send: sendEntry,
        logInAgain,
        onSent: ({ project }) => {
          void queries.invalidateQueries({ queryKey: ["mine", project] });
          void queries.invalidateQueries({ queryKey: ["feedback"] });
        },
      });
      opened = outbox;
      if (isGone) outbox.stop();
      else set({ outbox, storage });
    });
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      isGone = true;
      opened?.stop();
      set(null);
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [me?.id]);
}

/** The outbox of the person logged in; null while it is being opened, and when nobody is. */
export function useOutbox(): Kept | null {
  return useSyncExternalStore(subscribe, () => kept);
}

const NEVER = () => () => undefined;

export function useOutboxState(kept: Kept | null): OutboxState | null {
  return useSyncExternalStore(kept?.outbox.subscribe ?? NEVER, () => kept?.outbox.getState() ?? null);
}
