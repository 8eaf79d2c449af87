/** The kinds of question in groups, and what every kind gets to show itself. */
import { createContext } from "react";
import type {
  ChatQuestion,
  ChoiceQuestion,
  ChoicesQuestion,
  FieldValue,
  PairwiseQuestion,
  Question,
  RankingQuestion,
  SubjectField,
  TaskSuggestion,
  TextQuestion,
} from "../api/types";
import type { Marks } from "./marks";
import type { Ranks } from "./ranking/ranking";

/** Answered by options. */
export type OptionQuestion = ChoiceQuestion | ChoicesQuestion;
/** Answered by a text that somebody writes. */
export type WrittenQuestion = TextQuestion | ChatQuestion;
/** About what stands in several fields of the subject. */
export type ComparingQuestion = PairwiseQuestion | RankingQuestion;

export function hasOptions(question: Question | undefined): question is OptionQuestion {
  return question?.kind === "choice" || question?.kind === "choices";
}

export function isWritten(question: Question | undefined): question is WrittenQuestion {
  return question?.kind === "text" || question?.kind === "chat";
}

export function isComparing(question: Question | undefined): question is ComparingQuestion {
  return question?.kind === "pairwise" || question?.kind === "ranking";
}

/** The fields of the subject that a question is about and shows itself. */
export function fieldsOf(question: Question): string[] {
  switch (question.kind) {
    case "chat":
      return [question.conversation, question.candidate].filter((name) => name !== null);
    case "pairwise":
      return [question.first, question.second];
    case "ranking":
      return question.fields;
    default:
      return [];
  }
}

/** The item as far as a question shows parts of it itself. */
export interface QuestionItem {
  subject: readonly SubjectField[];
  fields: Readonly<Record<string, FieldValue>>;
  /** For each comparing question its fields as A, B, ... . */
  orders: Readonly<Record<string, readonly string[]>>;
  /** The questions on screen, in order. */
  questions: readonly Question[];
  /** Whether questions listen to keys of their own; not in a preview. */
  hasKeys: boolean;
}

export const ItemContext = createContext<QuestionItem>({
  subject: [],
  fields: {},
  orders: {},
  questions: [],
  hasKeys: false,
});

export interface KindProps<Q extends Question = Question> {
  question: Q;
  marks: Marks;
  text: string;
  /** Whether the person wrote or took a text, though it may be empty. */
  isTouched: boolean;
  /** What was ranked so far; null before the person ranked anything. */
  ranks: Ranks | null;
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
  onRank: (ranks: Ranks) => void;
}

/** Whether a project is about writing: a turn, a text of some length, or texts and nothing else. */
export function isWriting(questions: readonly Question[]): boolean {
  return questions.some(
    (one) =>
      one.kind === "chat" ||
      (one.kind === "text" &&
        (one.aim_min_words !== null ||
          one.aim_max_words !== null ||
          questions.every(({ kind }) => kind === "text"))),
  );
}
