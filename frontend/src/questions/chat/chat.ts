/** The next turn of a conversation. */
import type { ChatAnswer, ChatQuestion, Confidence, FieldValue } from "../../api/types";
import { turnsOf } from "../../shared/Conversation";

/** The answer a text amounts to; null while it is blank. */
export function answer(value: string, confidence: Confidence | null): ChatAnswer | null {
  return value.trim() === "" ? null : { kind: "chat", value, confidence };
}

/** The turn to correct, where the item has one: a text, or the last turn of a conversation. */
export function candidateOf(question: ChatQuestion, fields: Readonly<Record<string, FieldValue>>): string {
  const value = question.candidate === null ? null : (fields[question.candidate] ?? null);
  if (typeof value === "string") return value;
  return turnsOf(value).at(-1)?.content ?? "";
}
