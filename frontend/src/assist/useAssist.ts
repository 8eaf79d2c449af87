/** Drafts of one item: what came, what is being written, and why it failed. Nothing waits for it. */
import type { AnnotatorTask, Answers, Draft } from "../api/types";
import type { AssistantSummary, Said } from "./types";

/** Why no draft came, or broke off: in the server's words, or one of these. */
export interface Problem {
  kind: "refused" | "unreachable" | "offline";
  reason: string | null;
}

export interface Assist {
  /** In order; the one being written last, its status `generating`, its text growing. Its id is 0 until the server
   * has said it. */
  drafts: readonly Draft[];
  isGenerating: boolean;
  /** Asked for, nothing has come yet; since when, on the clock of `performance.now`. */
  waiting: { since: number } | null;
  problem: Problem | null;
  generate: (query: string, answers: Answers) => void;
  /** What came stays. */
  stop: () => void;
  rate: (draft: number, said: Said) => void;
}

export function useAssist(
  task: Pick<AnnotatorTask, "assignment" | "assist">,
  assistant: AssistantSummary | null,
): Assist {
  void assistant;
  return {
    drafts: task.assist?.drafts ?? [],
    isGenerating: false,
    waiting: null,
    problem: null,
    generate: () => undefined,
    stop: () => undefined,
    rate: () => undefined,
  };
}
