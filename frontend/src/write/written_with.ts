/** What a text is written with: the drafts, and what may become of their words. Null where there is no assistant. */
import { createContext, useContext } from "react";
import type { AssistantPolicy, Draft } from "../api/types";

export interface WrittenWith {
  /** Those of all questions, in order. */
  drafts: readonly Draft[];
  /** The question the assistant drafts. */
  answers: string;
  copying: AssistantPolicy["copying"];
  copyLimit: number;
}

const Context = createContext<WrittenWith | null>(null);

export const WrittenWithProvider = Context.Provider;

export function useWrittenWith(): WrittenWith | null {
  return useContext(Context);
}
