/** What screens know of a project's assistant. */
import type { Rating } from "../api/types";

/** The assistant of a project, as everybody in it may know it. */
export interface AssistantSummary {
  model: string;
  /** The question it drafts. */
  answers: string;
  /** The question or field that holds what is asked; null where nothing is. */
  query: string | null;
  query_is_field: boolean;
  /** Titles of the fields it gets, beside the pictures. */
  sees: string[];
  sees_pictures: boolean;
  sees_guideline: boolean;
  may_not_know: boolean;
  max_words: number | null;
  copying: "allow" | "warn" | "block";
  copy_limit: number;
  most_drafts: number;
}

/** How good it was found to be, in counts. */
export interface Measured {
  drafts: number;
  rated: number;
  made_up: number;
  wrong: number;
  too_long: number;
  off_guideline: number;
  reviewed_with_draft: number;
  passed_with_draft: number;
  reviewed_without: number;
  passed_without: number;
}

export interface AssistantCard extends AssistantSummary {
  version: string | null;
  instructions_shown: boolean;
  model_card: { [name: string]: unknown } | null;
  measured: Measured | null;
}

/** What a person says of one thing a model made; null takes it back. */
export type Said = Pick<Rating, "thumb" | "complaints" | "note"> | null;
