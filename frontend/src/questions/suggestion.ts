/** What the model says about a question, found and numbered. */
import type { Evidence, Question, TaskSuggestion } from "../api/types";
import { withoutMarkdown } from "../shared/plain_text";
import { hasOptions } from "./kind";

/** The number an option is known by in highlights and explanations; undefined for none. */
export function numberOf(question: Question, option: string | null): number | undefined {
  if (!hasOptions(question) || option === null) return undefined;
  const position = question.options.findIndex(({ name }) => name === option);
  return position < 0 ? undefined : position + 1;
}

/** What the model says about a question, if anything may be seen. */
export function suggestionFor(
  question: Question,
  suggestions: readonly TaskSuggestion[],
): TaskSuggestion | undefined {
  return suggestions.find((suggestion) => suggestion.question === question.name);
}

export interface TextWithReferences {
  text: string;
  /** The number printed behind this part. */
  reference: number | undefined;
}

/**
 * An explanation in plain words, cut behind each passage it quotes, so that the passage's number can stand there. A
 * quote in the text may be shorter than the passage, or begin with another case.
 */
export function withReferences(
  written: string,
  evidence: readonly Evidence[],
  question: Question,
): TextWithReferences[] {
  const text = withoutMarkdown(written);
  const parts: TextWithReferences[] = [];
  let from = 0;
  for (const quoted of text.matchAll(QUOTED)) {
    const passage = evidence.find(({ quote }) => speaksOf(quote, quoted[1] ?? ""));
    const reference = passage && numberOf(question, passage.option);
    if (reference === undefined) continue;
    const end = quoted.index + quoted[0].length;
    parts.push({ text: text.slice(from, end), reference });
    from = end;
  }
  return [...parts, { text: text.slice(from), reference: undefined }];
}

const QUOTED = /[“"„«]([^“”"„«»]+)[”"“»]/gu;

function speaksOf(passage: string, quoted: string): boolean {
  const [one, other] = [withoutMarkdown(passage).toLowerCase(), quoted.trim().toLowerCase()];
  return other !== "" && (one.includes(other) || other.includes(one));
}
