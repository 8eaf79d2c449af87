/** A key as it is printed in a control. */
import { keymap, useKeymap } from "./keys";

export function Kbd({ children }: { children: string }) {
  return <kbd>{children}</kbd>;
}

/** The key a command is bound to now; nothing when the person switched it off. */
export function CommandKey({ id }: { id: string }) {
  useKeymap();
  const key = keymap.keyOf(id);
  return key === null ? null : <kbd>{keyName(key)}</kbd>;
}

/** `Shift+s` as it is printed: `Shift S`. */
export function keyName(key: string): string {
  return key
    .split(/(?<=.)\+/)
    .map((part) => ARROWS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

const ARROWS: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};
