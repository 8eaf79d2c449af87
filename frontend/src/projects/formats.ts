/** The formats an export may have: files to look into and bring back, and files to train models on. */
import type { ExportOptions } from "../api/researcher_types";
import type { Question } from "../api/types";

export type ExportFormat = ExportOptions["format"];

export const LABEL_FORMATS = ["jsonl", "csv"] as const satisfies readonly ExportFormat[];
export const TRAINING_FORMATS = [
  "sft",
  "dpo",
  "kto",
  "reward",
  "openai-chat",
  "openai-preference",
  "sharegpt",
  "alpaca",
  "hf",
] as const satisfies readonly ExportFormat[];

export type TrainingFormat = (typeof TRAINING_FORMATS)[number];

/** What people compare, which is of no use where one text follows a prompt. */
const COMPARED: readonly Question["kind"][] = ["pairwise", "ranking"];
const PREFERENCES: readonly ExportFormat[] = ["dpo", "reward", "openai-preference"];

export function isTraining(format: ExportFormat): format is TrainingFormat {
  return TRAINING_FORMATS.some((each) => each === format);
}

/** The questions a format makes rows of. */
export function questionsOf<T extends Pick<Question, "kind">>(
  format: TrainingFormat,
  questions: readonly T[],
): T[] {
  return questions.filter(
    ({ kind }) =>
      kind === "text" || kind === "chat" || (COMPARED.includes(kind) && PREFERENCES.includes(format)),
  );
}

/** The options as they are sent: those of other formats as they are by default. */
export function sentOptions(options: ExportOptions, questions: readonly Question[]): ExportOptions {
  if (!isTraining(options.format))
    return { ...options, question: null, columns: "messages", include_provenance: false, images: "link" };
  const able = questionsOf(options.format, questions).map(({ name }) => name);
  return {
    ...options,
    include_unlabeled: false,
    question: options.question !== null && able.includes(options.question) ? options.question : null,
    columns: options.format === "sft" ? options.columns : "messages",
  };
}
