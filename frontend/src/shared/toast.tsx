/** Short messages at the foot of the screen, 6 s, longer while they have the focus or the pointer. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";

interface Message {
  id: number;
  text: string;
  action?: { label: string; command?: string; run: () => void };
}

const SHOWN_MS = 6000;
let messages: Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

/** Show a message; the newest three stay. */
export function showToast(text: string, action?: Message["action"]): void {
  lastId += 1;
  set([...messages.slice(-2), { id: lastId, text, action }]);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  return (
    <div className="toasts" role="status">
      {shown.map((message) => (
        <Toast key={message.id} message={message} />
      ))}
    </div>
  );
}

function Toast({ message }: { message: Message }) {
  const { t } = useTranslation();
  const [isHeld, hold] = useState(false);
  const close = () => set(messages.filter(({ id }) => id !== message.id));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `close` only needs the id
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isHeld]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only the clock listens; the buttons inside act
    <div
      className="toast"
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    >
      <span>{message.text}</span>
      {message.action && (
        <Button
          small
          command={message.action.command}
          onClick={() => {
            message.action?.run();
            close();
          }}
        >
          {message.action.label}
        </Button>
      )}
      <Button look="quiet" small icon="x" aria-label={t("common.close")} onClick={close} />
    </div>
  );
}
