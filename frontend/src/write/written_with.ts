/** What a text is written with: the drafts, and what may become of their words. Null where there is no assistant. */
import { createContext, useContext } from "react";
import type { Draft } from "../api/types";
import type { Alignment } from "./alignment";
import type { CopyRule } from "./copied";

/** How a text stood to the drafts when typing last paused. */
export interface Measured {
  text: string;
  alignment: Alignment;
}

export interface WrittenWith extends CopyRule {
  /** In order; the last may still be growing. */
  drafts: readonly Draft[];
  /** By question; a text that was not measured yet is not in it. */
  measured: Readonly<Record<string, Measured>>;
}

const Context = createContext<WrittenWith | null>(null);

export const WrittenWithProvider = Context.Provider;

export function useWrittenWith(): WrittenWith | null {
  return useContext(Context);
}
