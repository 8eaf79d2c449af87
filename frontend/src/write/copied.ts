/** Whether more of a text came from drafts than the project thinks right, and what comes of it. */
import type { AssistantPolicy } from "../api/types";
import { type AlignedDraft, align } from "./alignment";

export interface CopyRule {
  /** The question the assistant drafts. */
  answers: string;
  copying: AssistantPolicy["copying"];
  copy_limit: number;
}

export interface Copied {
  question: string;
  share: number;
  limit: number;
  /** Whether it cannot be sent so; else a second press sends it. */
  isBlocked: boolean;
}

/** Null where nothing is said about it; the server decides by the same share. */
export function copiedIn(text: string, drafts: readonly AlignedDraft[], rule: CopyRule): Copied | null {
  return rule.copying === "allow" ? null : judged(align(text, drafts).share, rule);
}

export function judged(share: number, { answers, copying, copy_limit }: CopyRule): Copied | null {
  if (copying === "allow" || share <= copy_limit) return null;
  return { question: answers, share, limit: copy_limit, isBlocked: copying === "block" };
}

/** Both shares in whole percent, finer where they would read the same. */
export function inPercent(share: number, limit: number): { share: string; limit: string } {
  const digits = Math.round(share * 100) === Math.round(limit * 100) && share !== limit ? 1 : 0;
  return { share: `${(share * 100).toFixed(digits)} %`, limit: `${(limit * 100).toFixed(digits)} %` };
}
