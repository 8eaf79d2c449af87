/** Who is logged in, and logging in again in place when the server has forgotten it. */
import { useSyncExternalStore } from "react";
import { errorOf } from "./error";
import type { Me, Preferences } from "./types";

interface State {
  me: Me | null;
  /** The person whose session ended while they were at work; the log-in dialog is open. */
  expired: Me | null;
}

/** Somebody else logged in where a person was to log in again: nothing of the first may be sent. */
export class OtherPerson extends Error {}

let state: State = { me: null, expired: null };
const listeners = new Set<() => void>();
let waiting: { promise: Promise<Me>; resolve: (me: Me) => void; reject: (error: Error) => void } | null =
  null;

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

export function currentMe(): Me | null {
  return state.me;
}

export function useSession(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** The person logged in; only for screens behind the log-in. */
export function useMe(): Me {
  const { me } = useSession();
  if (me === null) throw new Error("useMe is for screens behind the log-in");
  return me;
}

/** Ask the server who is logged in; null when nobody is. */
export async function loadMe(): Promise<Me | null> {
  const response = await fetch("/api/me");
  if (response.status === 401) {
    set({ ...state, me: null });
    return null;
  }
  if (!response.ok) throw await errorOf(response);
  const me = (await response.json()) as Me;
  set({ ...state, me });
  return me;
}

/** Whether the session of the browser is still this person's; takes over its token when it is a newer one. */
export async function isStillLoggedIn(person: number): Promise<boolean> {
  const response = await fetch("/api/me");
  if (response.status === 401) return false;
  if (!response.ok) throw await errorOf(response);
  const me = (await response.json()) as Me;
  if (me.id !== person || state.me?.id !== person) return false;
  set({ ...state, me });
  return true;
}

/** Log in; settles whoever waited for it. */
export async function logIn(login: string, password: string): Promise<Me> {
  const response = await fetch("/api/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ login, password }),
  });
  if (!response.ok) throw await errorOf(response);
  const me = (await response.json()) as Me;
  const before = state.expired;
  set({ me, expired: null });
  if (waiting !== null) {
    if (before !== null && before.id !== me.id) waiting.reject(new OtherPerson(me.name));
    else waiting.resolve(me);
    waiting = null;
  }
  return me;
}

export async function logOut(): Promise<void> {
  await fetch("/api/logout", { method: "POST", headers: csrfHeader() });
  set({ me: null, expired: null });
}

/** Resolves when the same person is logged in again; opens the dialog once for all who wait. */
export function logInAgain(): Promise<Me> {
  if (waiting === null) {
    let resolve!: (me: Me) => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<Me>((done, fail) => {
      resolve = done;
      reject = fail;
    });
    promise.catch(() => undefined); // each caller handles its own copy
    waiting = { promise, resolve, reject };
    set({ ...state, expired: state.me });
  }
  return waiting.promise;
}

export function csrfHeader(): Record<string, string> {
  const token = state.me?.csrf_token;
  return token ? { "X-CSRF-Token": token } : {};
}

/** Keep a preference here and on the server; a failed save only means it is asked again elsewhere. */
export async function savePreferences(change: Preferences): Promise<void> {
  if (state.me === null) return;
  set({ ...state, me: { ...state.me, preferences: { ...state.me.preferences, ...change } } });
  await fetch("/api/me/preferences", {
    method: "PUT",
    headers: { "Content-Type": "application/json", ...csrfHeader() },
    body: JSON.stringify(change),
  }).catch(() => undefined);
}
