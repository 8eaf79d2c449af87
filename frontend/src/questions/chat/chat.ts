/** The next turn of a conversation. */
import type { Form } from "../../annotate/form";
import type { ChatAnswer, ChatQuestion, Confidence, FieldValue, Question } from "../../api/types";
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

/** The texts as they stand on screen: a candidate until something is written, so that a record begins with it. */
export function withCandidates(
  form: Form,
  questions: readonly Question[],
  fields: Readonly<Record<string, FieldValue>>,
): Form {
  const turns = questions.filter((question) => question.kind === "chat");
  const candidates = turns.map((question) => [question.name, candidateOf(question, fields)]);
  return { ...form, texts: { ...Object.fromEntries(candidates), ...form.texts } };
}
