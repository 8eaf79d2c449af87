/**
 * The one registry of keys. Screens register commands; the registry decides which of them a key press means:
 * modal before tool before form before page, never while somebody types or composes. It feeds the key sheet,
 * where each person rebinds keys or switches single keys off.
 */
import { useLayoutEffect, useRef, useSyncExternalStore } from "react";

export type KeyScope = "modal" | "tool" | "form" | "page";

export interface Command {
  /** Stable name under which a person's own binding is kept, e.g. `annotate.skip`. */
  id: string;
  /** Keys as `a`, `Shift+S`, `Ctrl+Enter`, `?`; Ctrl also stands for the Command key. */
  keys: string[];
  /** Message key of what it does, for the key sheet. */
  label: string;
  scope: KeyScope;
  /** A family of keys, one for each thing on screen: it is shown, but not given another key. */
  isFixed?: boolean;
  /** Also while typing; only for keys with Ctrl and for Escape. */
  inText?: boolean;
  /** Asked at each press; another command may have the key when this says no. */
  isEnabled?: (key: string) => boolean;
  run: (key: string) => void;
}

export interface KeyPreferences {
  bindings: Record<string, string[]>;
  single_keys: boolean;
}

const ORDER: KeyScope[] = ["modal", "tool", "form", "page"];
const EVERYTHING_ON: KeyPreferences = { bindings: {}, single_keys: true };

export class Keymap {
  private commands: Command[] = [];
  private modals = 0;
  private preferences: KeyPreferences = EVERYTHING_ON;
  private listeners = new Set<() => void>();
  private revision = 0;

  /** Add commands; call what comes back to remove them. Of two in one scope the later one wins. */
  register(...commands: Command[]): () => void {
    this.commands.push(...commands);
    this.changed();
    return () => {
      this.commands = this.commands.filter((other) => !commands.includes(other));
      this.changed();
    };
  }

  /** While a dialog is open only commands of scope `modal` are heard. */
  openModal(): () => void {
    this.modals += 1;
    return () => {
      this.modals -= 1;
    };
  }

  setPreferences(preferences: KeyPreferences | undefined): void {
    this.preferences = preferences ?? EVERYTHING_ON;
    this.changed();
  }

  getPreferences(): KeyPreferences {
    return this.preferences;
  }

  /** Commands on screen now, one for each id, in the order they were registered. */
  list(): Command[] {
    return [...new Map(this.commands.map((command) => [command.id, command])).values()];
  }

  /** The keys a command answers to: the person's own, else its own. */
  keysOf(command: Command): string[] {
    const own = command.isFixed ? undefined : this.preferences.bindings[command.id];
    const keys = own ?? command.keys;
    return this.preferences.single_keys ? keys : keys.filter((key) => !isSingle(key));
  }

  /** The first key of a command on screen; null when there is none. */
  keyOf(id: string): string | null {
    const command = this.commands.find((each) => each.id === id);
    return command === undefined ? null : (this.keysOf(command)[0] ?? null);
  }

  /** Another command in a scope where both would be heard that already has this key. */
  conflict(id: string, key: string): Command | null {
    const own = this.commands.find((each) => each.id === id);
    const holds = (each: Command) => this.keysOf(each).some((other) => sameKey(other, key));
    return this.list().find((each) => each.id !== id && each.scope === own?.scope && holds(each)) ?? null;
  }

  /** Run what the key press means; true when it meant something. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return false;
    const key = keyOf(event);
    const command = this.find(key, event.target);
    if (command === undefined) return false;
    event.preventDefault();
    command.run(key);
    return true;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  version = (): number => this.revision;

  private find(key: string, target: EventTarget | null): Command | undefined {
    const typing = isTyping(target);
    if (isOwnKey(key, target)) return undefined;
    for (const scope of this.modals > 0 ? ORDER.slice(0, 1) : ORDER) {
      const found = this.commands.findLast(
        (command) =>
          command.scope === scope &&
          (!typing || (command.inText === true && !isSingle(key))) &&
          this.keysOf(command).some((own) => sameKey(own, key)) &&
          (command.isEnabled?.(key) ?? true),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private changed(): void {
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }
}

/** The key of an event as commands write it. */
export function keyOf(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  const isSign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  if (event.shiftKey && !isSign) parts.push("Shift");
  const letter = event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
  parts.push(event.key.length === 1 ? letter : event.key);
  return parts.join("+");
}

function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A key that one would type: no Ctrl, no Alt, not a named key such as Enter. */
export function isSingle(key: string): boolean {
  return key.replace(/^Shift\+/, "").length === 1;
}

/** Whether keys go into a text there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !/^(radio|checkbox|button|submit|range)$/.test(target.type);
}

/** Enter and Space belong to the button or link they are pressed on, Space to a video. */
function isOwnKey(key: string, target: EventTarget | null): boolean {
  if (key !== "Enter" && key !== " ") return false;
  const owners = key === " " ? "button, a[href], summary, video" : "button, a[href], summary";
  return target instanceof Element && target.closest(owners) !== null;
}

export const keymap = new Keymap();

/** Listen on the window; called once by the application. */
export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent) => keymap.handle(event);
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}

/** Re-render when commands or bindings change. */
export function useKeymap(): number {
  return useSyncExternalStore(keymap.subscribe, keymap.version);
}

/**
 * Register commands while a component is on screen; `run` always sees the newest render. They are heard from the
 * first paint on: whoever sees a form may press a key.
 */
export function useCommands(commands: Command[]): void {
  const newest = useRef(commands);
  newest.current = commands;
  const shape = commands.map(({ id, keys, scope }) => `${id} ${keys.join(" ")} ${scope}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered again only when ids or keys change
  useLayoutEffect(() => {
    const live = newest.current.map((command) => {
      const now = () => newest.current.find((other) => other.id === command.id);
      return {
        ...command,
        isEnabled: (key: string) => now()?.isEnabled?.(key) ?? true,
        run: (key: string) => now()?.run(key),
      };
    });
    return keymap.register(...live);
  }, [shape]);
}
