/** What the model says about a question, found and numbered. */
import type { Evidence, Question, TaskSuggestion } from "../api/types";

/** The number an option is known by in highlights and explanations; undefined for none. */
export function numberOf(question: Question, option: string | null): number | undefined {
  if (question.kind === "text" || option === null) return undefined;
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

/** An explanation cut behind each passage it quotes, so that the passage's number can stand there. */
export function withReferences(
  text: string,
  evidence: readonly Evidence[],
  question: Question,
): TextWithReferences[] {
  const places = evidence
    .map(({ quote, option }) => ({ end: endOfQuote(text, quote), reference: numberOf(question, option) }))
    .filter(({ end, reference }) => end > 0 && reference !== undefined)
    .sort((one, other) => one.end - other.end);
  const parts: TextWithReferences[] = [];
  let from = 0;
  for (const { end, reference } of places) {
    parts.push({ text: text.slice(from, end), reference });
    from = end;
  }
  return [...parts, { text: text.slice(from), reference: undefined }];
}

/** Where a quoted passage ends in a text, its closing quotation mark included; 0 when it is not quoted. */
function endOfQuote(text: string, quote: string): number {
  const start = quote === "" ? -1 : text.toLowerCase().indexOf(quote.toLowerCase());
  if (start < 0) return 0;
  const end = start + quote.length;
  return /["”’»']/.test(text.charAt(end)) ? end + 1 : end;
}
