/** A conversation: its turns as plain text, each under the name of who speaks. */
import type { ReactNode } from "react";
import type { FieldValue } from "../api/types";

interface Turn {
  role: string;
  content: string;
}

interface Props {
  value: FieldValue;
  title: string;
  /** Turns that follow, each a list item. */
  children?: ReactNode;
}

export function Conversation({ value, title, children }: Props) {
  return (
    <ol className="turns" aria-label={title}>
      {turnsOf(value).map((turn, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns are told apart by their place alone
        <li key={place}>
          <b dir="auto">{turn.role}</b>
          <p dir="auto">{turn.content}</p>
        </li>
      ))}
      {children}
    </ol>
  );
}

/** The import checked the shape; a value stored before the field was shown so has no turns. */
export function turnsOf(value: FieldValue): Turn[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((turn) =>
    turn !== null && typeof turn === "object" && !Array.isArray(turn)
      ? [{ role: String(turn.role ?? ""), content: String(turn.content ?? "") }]
      : [],
  );
}
