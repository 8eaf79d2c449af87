/** Every type of the HTTP interface that screens use; the one module they import them from. */

export type Confidence = "unsure" | "fairly" | "sure";
export type Role = "annotator" | "auditor" | "researcher";
export type Origin = "human" | "model" | "model_confirmed" | "model_edited";

export interface Option {
  name: string;
  label: string;
  definition: string;
  examples: string[];
  exclusive: boolean;
  key: string | null;
}

export interface ShownIf {
  question: string;
  any_of: string[];
}

interface QuestionParts {
  name: string;
  title: string;
  help: string;
  required: boolean;
  shown_if: ShownIf | null;
  ask_confidence: boolean;
}

export interface ChoiceQuestion extends QuestionParts {
  kind: "choice";
  options: Option[];
}

export interface ChoicesQuestion extends QuestionParts {
  kind: "choices";
  options: Option[];
}

export interface TextQuestion extends QuestionParts {
  kind: "text";
  max_length: number;
  multiline: boolean;
}

export type Question = ChoiceQuestion | ChoicesQuestion | TextQuestion;

export interface ChoiceAnswer {
  kind: "choice";
  value: string;
  confidence: Confidence | null;
}

export interface ChoicesAnswer {
  kind: "choices";
  value: string[];
  confidence: Confidence | null;
}

export interface TextAnswer {
  kind: "text";
  value: string;
  confidence: Confidence | null;
}

export type Answer = ChoiceAnswer | ChoicesAnswer | TextAnswer;
export type Answers = Record<string, Answer>;

export interface SubjectField {
  name: string;
  title: string;
  show: "text" | "markdown" | "image" | "context" | "hidden";
  hint: string;
  required: boolean;
}

export type FieldValue = string | number | boolean | null | FieldValue[] | { [key: string]: FieldValue };

export interface Section {
  id: string;
  kind: "task" | "workflow" | "question" | "example" | "note";
  title: string;
  question: string | null;
  body: string;
  in_prompt: boolean;
  inquiry: number | null;
}

export interface SectionChange {
  id: string;
  title: string;
  before: string | null;
  after: string | null;
}

export type Reveal = "immediate" | "after_choice" | "on_request" | "never";

export interface Settings {
  overlap: number;
  lease_minutes: number;
  reveal: Reveal;
  holdout_share: number;
  preselect_at: number;
  show_confidence: boolean;
  confirm_presses: number;
  idle_gap_seconds: number;
  daily_goal: number;
  cost_cap_usd: number | null;
  paused: boolean;
  export_unreviewed: boolean;
}

/** What an annotator may know of the settings. */
export type AnnotatorSettings = Pick<
  Settings,
  "reveal" | "show_confidence" | "confirm_presses" | "idle_gap_seconds" | "daily_goal" | "preselect_at"
>;

export interface ProjectSpec {
  name: string;
  slug: string;
  description: string;
  subject: SubjectField[];
  questions: Question[];
  guideline: { sections: Section[] };
  settings: Settings;
}

export interface MyProject {
  id: number;
  slug: string;
  name: string;
  role: Role;
}

export interface Preferences {
  theme?: "light" | "dark" | "system";
  text_size?: number;
  form_share?: number;
  keys?: { bindings: Record<string, string[]>; single_keys: boolean };
  seen_cards?: string[];
}

export interface Me {
  id: number;
  login: string;
  name: string;
  role: Role | "admin";
  is_admin: boolean;
  organisation: string;
  csrf_token: string | null;
  preferences: Preferences;
  projects: MyProject[];
}

export interface Project {
  id: number;
  slug: string;
  name: string;
  description: string;
  role: Role;
  schema_version: number;
  guideline_version: number;
  subject: SubjectField[];
  questions: Question[];
  settings: AnnotatorSettings;
  guideline: { version: number; sections: Section[] };
}

export interface Schema {
  version: number;
  subject: SubjectField[];
  questions: Question[];
}

export interface Evidence {
  option: string | null;
  field: string;
  quote: string;
  start: number;
  end: number;
}

export interface TaskSuggestion {
  id: number;
  question: string;
  distribution: Record<string, number>;
  preselected: string[];
  text: string | null;
  option_mass: number | null;
  status: "ok" | "abstained" | "unreadable" | "failed";
  reason: string | null;
  explanation: { text: string; evidence: Evidence[] } | null;
  model: {
    name: string;
    version: string;
    recorded: boolean;
    calibrated: boolean;
    accuracy: { value: number; n: number } | null;
  };
}

export interface TaskItem {
  id: number;
  external_id: string;
  fields: Record<string, FieldValue>;
  language: string | null;
}

export interface AnnotatorTask {
  assignment: number;
  item: TaskItem;
  state: string;
  revision: number;
  schema_version: number;
  guideline_version: number;
  guideline_changed: { from_version: number; to_version: number; sections: SectionChange[] } | null;
  lease_until: string | null;
  draft: { seq: number; answers: Answers } | null;
  answers: Answers | null;
  suggestions: TaskSuggestion[];
  reveal: { policy: Reveal; held_out: boolean };
  seen_before: { answers: Answers; submitted_at: string } | null;
}

export interface EmptyQueue {
  reason: "all_done" | "all_leased" | "none_imported" | "only_done_by_you" | "paused";
  text: string;
  next_lease_frees_at: string | null;
}

export interface NextTasks {
  tasks: AnnotatorTask[];
  empty: EmptyQueue | null;
}

export interface Times {
  active_ms: number;
  wall_ms: number;
  blurred_ms: number;
}

export interface Shown {
  suggestion: number;
  preselected: string[];
  revealed_at: string | null;
}

export interface Submission extends Times {
  client_id: string;
  expected_revision?: number | null;
  after_client_id?: string | null;
  schema_version: number;
  answers: Answers;
  shown: Shown[];
}

export interface SubmitReply {
  assignment: number;
  revision: number;
  state: "submitted" | "surplus";
  client_id: string;
}

export type RejectReason = "language" | "rendering" | "context" | "other";

export interface MineEntry {
  assignment: number;
  item: { id: number; external_id: string; excerpt: string };
  state: string;
  revision: number;
  answers_summary: string;
  submitted_at: string | null;
  active_ms: number | null;
  can_reopen: boolean;
}

export interface MyProgress {
  today: number;
  goal: number;
  total: number;
  project_done: number;
  project_total: number;
}

export interface Inquiry {
  id: number;
  assignment: number;
  item: { id: number; external_id: string; excerpt: string };
  question: string | null;
  text: string;
  status: "open" | "answered";
  asked_by: string;
  asked_at: string;
  reply: string | null;
  replied_at: string | null;
  section_id: string | null;
}

/** One thing wrong with an input, as RFC 9457 `errors` carries it. */
export interface Fault {
  where: string;
  found: string;
  allowed: string;
  line?: number | null;
}
