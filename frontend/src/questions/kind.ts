/** What every kind of question gets to show itself. */
import type { Question, TaskSuggestion } from "../api/types";
import type { Marks } from "./marks";

export interface KindProps<Q extends Question = Question> {
  question: Q;
  marks: Marks;
  text: string;
  preselected: readonly string[];
  /** What the model said, where the person may see it. */
  suggestion: TaskSuggestion | undefined;
  isActive: boolean;
  hasBars: boolean;
  onPick: (option: string) => void;
  onWrite: (value: string) => void;
  /** Typing ended: what follows is a step of its own. */
  onSettle: () => void;
  onAccept: () => void;
}
