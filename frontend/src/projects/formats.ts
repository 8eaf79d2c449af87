/** The formats an export may have: files to look into and bring back, and files to train models on. */
import type { ExportCounts, ExportOptions } from "../api/researcher_types";

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
type Fits = ExportCounts["training"];

export function isTraining(format: ExportFormat): format is TrainingFormat {
  return TRAINING_FORMATS.some((each) => each === format);
}

/** The names of the questions a format makes rows of. */
export function questionsOf(format: ExportFormat, fits: Fits): string[] {
  return fits[format]?.questions ?? [];
}

/** What the project lacks for a format, in the server's words; null where it lacks nothing. */
export function missingFor(format: ExportFormat, fits: Fits): string | null {
  return fits[format]?.missing ?? null;
}

/** The options as they are sent: those of other formats as they are by default. */
export function sentOptions(options: ExportOptions, fits: Fits): ExportOptions {
  if (!isTraining(options.format))
    return {
      ...options,
      include_edits: options.include_edits && options.format === "jsonl",
      question: null,
      columns: "messages",
      include_provenance: false,
      images: "link",
    };
  const fitting = questionsOf(options.format, fits);
  return {
    ...options,
    include_unlabeled: false,
    include_edits: false,
    question: options.question !== null && fitting.includes(options.question) ? options.question : null,
    columns: options.format === "sft" ? options.columns : "messages",
  };
}
