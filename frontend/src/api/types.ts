/**
 * The types of the HTTP interface that screens use; the one module they import them from. They are those generated
 * from the server's description in schema.d.ts, with names that screens speak.
 */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type FieldValue = string | number | boolean | null | FieldValue[] | { [key: string]: FieldValue };

/**
 * What the server sends is whole: every field is there, also one that has a default when it is sent to the server,
 * and what the description leaves open is JSON.
 */
export type Whole<T> = unknown extends T
  ? FieldValue
  : T extends (infer Each)[]
    ? Whole<Each>[]
    : T extends object
      ? { [Name in keyof T]-?: Whole<Exclude<T[Name], undefined>> }
      : T;

/** One thing wrong with what was sent. */
export type Fault = Omit<Schemas["Fault"], "line"> & { line?: number | null };

// Questions and answers
export type Option = Whole<Schemas["Option"]>;
export type ShownIf = Whole<Schemas["ShownIf"]>;
export type ChoiceQuestion = Whole<Schemas["ChoiceQuestion"]>;
export type ChoicesQuestion = Whole<Schemas["ChoicesQuestion"]>;
export type TextQuestion = Whole<Schemas["TextQuestion"]>;
export type ChatQuestion = Whole<Schemas["ChatQuestion"]>;
export type PairwiseQuestion = Whole<Schemas["PairwiseQuestion"]>;
export type RankingQuestion = Whole<Schemas["RankingQuestion"]>;
export type Question =
  | ChoiceQuestion
  | ChoicesQuestion
  | TextQuestion
  | ChatQuestion
  | PairwiseQuestion
  | RankingQuestion;
export type ChoiceAnswer = Whole<Schemas["ChoiceAnswer"]>;
export type ChoicesAnswer = Whole<Schemas["ChoicesAnswer"]>;
export type TextAnswer = Whole<Schemas["TextAnswer"]>;
export type ChatAnswer = Whole<Schemas["ChatAnswer"]>;
export type PairwiseAnswer = Whole<Schemas["PairwiseAnswer"]>;
export type RankingAnswer = Whole<Schemas["RankingAnswer"]>;
export type Answer = ChoiceAnswer | ChoicesAnswer | TextAnswer | ChatAnswer | PairwiseAnswer | RankingAnswer;
export type Answers = { [question: string]: Answer };
export type Confidence = NonNullable<Answer["confidence"]>;

// Projects
export type Role = "annotator" | "auditor" | "researcher";
export type SubjectField = Whole<Schemas["SubjectField"]>;
export type Section = Whole<Schemas["Section"]>;
export type SectionChange = Whole<Schemas["SectionChange"]>;
export type Settings = Whole<Schemas["Settings"]>;
/** What an annotator may know of the settings. */
export type AnnotatorSettings = Whole<Schemas["WorkSettings"]>;
export type Reveal = Settings["reveal"];

export type ProjectSpec = Whole<Schemas["ProjectSpec"]>;
export type Schema = Whole<Schemas["SchemaVersion"]>;
export type Project = Whole<Schemas["ProjectDetail"]> & { role: Role };

// People
export interface Preferences {
  theme?: "light" | "dark" | "system";
  text_size?: number;
  /** Share of the screen the labeling form takes, in percent. */
  form_share?: number;
  keys?: { bindings: Record<string, string[]>; single_keys: boolean };
  /** Models whose card the person has seen. */
  seen_cards?: string[];
}

export type MyProject = Schemas["MyProject"] & { role: Role };

export type Me = Omit<Schemas["Me"], "role" | "preferences" | "projects"> & {
  role: Role | "admin";
  preferences: Preferences;
  projects: MyProject[];
};

// Writing with a model
export type Draft = Whole<Schemas["Draft"]>;
export type Rating = Whole<Schemas["Rating"]>;
export type Complaint = Rating["complaints"][number];
export type Edit = Whole<Schemas["Edit"]>;
export type Writing = Whole<Schemas["Writing"]>;
export type TaskAssist = Whole<Schemas["TaskAssist"]>;
export type AssistantPolicy = Whole<Schemas["AssistantPolicy"]>;

// Labeling
export type Evidence = Whole<Schemas["Evidence"]>;
export type TaskSuggestion = Whole<Schemas["TaskSuggestion"]>;
export type TaskItem = Whole<Schemas["TaskItem"]>;
export type AnnotatorTask = Whole<Schemas["AnnotatorTask"]>;
export type EmptyQueue = Whole<Schemas["EmptyQueue"]>;
export type NextTasks = Whole<Schemas["NextTasks"]>;
export type Times = Required<Pick<Schemas["Act"], "active_ms" | "wall_ms" | "blurred_ms" | "generation_ms">>;
export type Shown = Required<Schemas["SentSuggestion"]>;
export type Submission = Omit<Schemas["Submission"], "answers"> &
  Times & { answers: Answers; shown: Shown[] };
export type SubmitReply = Schemas["Receipt"];
export type RejectReason = Schemas["Rejection"]["reason"];
export type MineEntry = Schemas["MineEntry"];
export type MyProgress = Schemas["MyProgress"];
export type Inquiry = Schemas["Inquiry"];
