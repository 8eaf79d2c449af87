/** Types of what researchers, auditors and administrators read and send. */
import type { Answers, FieldValue, ProjectSpec, RejectReason, Role } from "./types";

export interface Template {
  name: string;
  title: string;
  description: string;
  spec: ProjectSpec;
}

export interface SpecCheck {
  spec: ProjectSpec | null;
  errors: { line: number | null; where: string; found: string; allowed: string; message?: string }[];
}

export interface CreatedProject {
  id: number;
  slug: string;
  name: string;
}

// --- items ------------------------------------------------------------------------------------------

export type ItemState = "new" | "in_work" | "labeled" | "in_review" | "done" | "rejected";
export type ImportFormat = "jsonl" | "json" | "csv" | "tsv";

export interface ImportPreview {
  format: ImportFormat;
  columns: string[];
  rows: Record<string, FieldValue>[];
  /** Reasons why rows among the first could not be used. */
  bad_rows: string[];
  /** Field, `item_id`, `category`, `language`, `gold` or `gold.<question>` to the name of its column. */
  suggested_mapping: Record<string, string>;
}

export interface Import {
  id: number;
  filename: string;
  state: "loading" | "done" | "failed" | "removed";
  rows_read: number;
  imported: number;
  duplicates: number;
  rejected: number;
  rejected_rows?: { row: number; reason: string; excerpt: string }[];
  started_at: string;
  ended_at: string | null;
  error: string | null;
}

export interface ItemFilter {
  state?: string;
  q?: string;
  cursor?: string;
  limit?: number;
}

export interface ListedItem {
  id: number;
  external_id: string;
  excerpt: string;
  state: ItemState;
  category: string | null;
  language: string | null;
  has_gold: boolean;
  annotations: number;
  suggested: Record<string, { option: string | null; confidence: number | null; status: string }>;
  answered: Record<string, Record<string, number>>;
  active_ms_median: number | null;
}

export interface ItemPage {
  items: ListedItem[];
  next_cursor: string | null;
  total: number;
}

export interface RecordSuggestion {
  id: number;
  question: string;
  status: "ok" | "abstained" | "unreadable" | "failed";
  distribution: Record<string, number>;
  preselected: string[];
  text: string | null;
  option_mass: number | null;
  reason: string | null;
  explanation: { text: string; evidence: { option: string | null; quote: string }[] } | null;
  model: string;
  prompt_version: string;
  created_at: string;
}

export interface RecordRevision {
  number: number;
  act: "submit" | "skip" | "reject" | "reopen";
  state: string;
  answers: Answers;
  origins: Record<string, Record<string, string>>;
  shown: { suggestion: number; preselected: string[] }[];
  reject_reason: RejectReason | null;
  note: string | null;
  active_ms: number;
  wall_ms: number;
  blurred_ms: number;
  created_at: string;
}

export interface RecordAssignment {
  id: number;
  annotator_id: number;
  annotator: string;
  state: string;
  reveal: string;
  held_out: boolean;
  active_ms: number;
  revisions: RecordRevision[];
}

export interface RecordCall {
  id: number;
  role: string;
  model: string;
  messages: PromptMessage[];
  reply: string | null;
  error: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost_usd: number | null;
  latency_ms: number | null;
  created_at: string;
}

export interface ItemRecord {
  id: number;
  external_id: string;
  state: ItemState;
  fields: Record<string, FieldValue>;
  category: string | null;
  language: string | null;
  gold: Answers;
  created_at: string;
  import_id: number | null;
  row: number | null;
  meta: Record<string, FieldValue>;
  suggestions: RecordSuggestion[];
  assignments: RecordAssignment[];
  inquiries: {
    id: number;
    question: string | null;
    text: string;
    asked_by: string;
    asked_at: string;
    reply: string | null;
    replied_at: string | null;
  }[];
  calls: RecordCall[];
}

// --- progress ---------------------------------------------------------------------------------------

export interface AnnotatorProgress {
  id: number;
  name: string;
  today: number;
  total: number;
  rejected: number;
  skipped: number;
  aht_seconds_median: number | null;
  first_pass_seconds_median: number | null;
  active_seconds_total: number;
}

export interface GoldAccuracy {
  question: string;
  right: number;
  n: number;
  accuracy: number;
  low: number;
  high: number;
}

export interface Progress {
  items: Partial<Record<ItemState, number>>;
  assignments: Record<string, number>;
  annotators: AnnotatorProgress[];
  suggestions: { items: number; ok: number; abstained: number; unreadable: number; failed: number };
  days: { day: string; answers: number }[];
  /** Answers of people, not suggestions. */
  gold: GoldAccuracy[];
  duplicates: number;
  /** Rows of the last export; null before the first. */
  exported: number | null;
  open_inquiries: number;
}

// --- jobs -------------------------------------------------------------------------------------------

export interface Job {
  id: number;
  kind: "import" | "preannotate" | "bench" | "preselect" | "export";
  state: "queued" | "running" | "done" | "cancelled" | "failed";
  total: number;
  done: number;
  failed: number;
  abstained: number;
  unreadable: number;
  rate_per_second: number | null;
  remaining_seconds: number | null;
  cost_usd: number;
  cost_cap_usd: number | null;
  error: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  config: Record<string, unknown>;
  cancel_requested: boolean;
  result: Record<string, unknown> | null;
}

export interface Failure {
  item: number;
  external_id: string;
  question: string;
  option: string;
  status: string;
  reason: string | null;
}

export interface PromptOptions {
  model: number;
  /** Ids of guideline sections that are switched off. */
  sections: string[] | null;
  templates: Record<string, string> | null;
  style: "question" | "option";
  explain: boolean;
}

export interface BenchInput extends PromptOptions {
  items: number[] | null;
}

export type JobInput =
  | ({ kind: "preannotate" } & PromptOptions & { cost_cap_usd: number | null })
  | ({ kind: "export" } & ExportOptions);

export interface PromptMessage {
  role: "system" | "user" | "assistant";
  parts: ({ kind: "text"; text: string } | { kind: "image"; media_type: string })[];
}

export interface BenchSuggestion {
  status: "ok" | "abstained" | "unreadable" | "failed";
  distribution: Record<string, number>;
  preselected: string[];
  text: string | null;
  reason: string | null;
}

export interface BenchItem {
  item: { id: number; external_id: string; excerpt: string };
  prompts: { question: string; option: string | null; messages: PromptMessage[] }[];
  suggestions: Record<string, BenchSuggestion>;
  gold: Record<string, string[]>;
  previous: Record<string, string[]>;
  flipped: string[];
}

export interface Bench {
  items: BenchItem[];
  version: string;
  forecast: { calls: number; tokens: number | null; cost_usd: number | null; seconds: number | null };
}

export interface Prompts {
  templates: { name: string; title: string; body: string; own: boolean }[];
}

export interface Preselection {
  at: number;
  preselected: number;
  total: number;
  gold: { right: number; n: number };
  model: string | null;
  calibrated: boolean;
}

// --- export -----------------------------------------------------------------------------------------

export type ExportFormat = "jsonl" | "csv";

export interface ExportOptions {
  format: ExportFormat;
  /** Which answers leave, by their state. */
  states: string[];
  include_unreviewed: boolean;
  include_unlabeled: boolean;
}

export interface ExportCounts {
  states: Record<string, number>;
  passed: number;
  unreviewed: number;
  labels: number;
  items: number;
}

export interface Ledger {
  annotations: number;
  exported: number;
  excluded: Record<string, number>;
  unlabeled_items: number;
  exported_unlabeled: number;
}

export interface Export {
  id: number;
  job: number | null;
  format: ExportFormat;
  bytes: number;
  ledger: Ledger;
  filename: string;
  created_at: string;
}

// --- models -----------------------------------------------------------------------------------------

export type Provider = "embedded" | "openai_compatible" | "scripted" | "replay";

export interface Capabilities {
  reachable: boolean;
  logprobs: boolean;
  json_schema: boolean;
  images: boolean;
  streaming: boolean;
  latency_ms: number | null;
  error: string | null;
  reasons?: Record<string, string>;
}

export interface Model {
  id: number;
  name: string;
  provider: Provider;
  model: string;
  base_url: string | null;
  has_api_key: boolean;
  params: Record<string, unknown>;
  price_in_usd_per_million: number | null;
  price_out_usd_per_million: number | null;
  card: ModelCard | null;
  capabilities: Capabilities | null;
}

/** What is known of a model: in words, and as it was last measured on gold. */
export interface ModelCard {
  text?: string;
  licence?: string;
  size_bytes?: number;
  measured?: {
    project: string;
    at: string;
    prompt_version: string;
    calibrated: boolean;
    items: number;
    questions: Record<
      string,
      { n: number; right: number; accuracy: number; commonest: number; auc: number | null }
    >;
    not_useful_for: string[];
  };
  [other: string]: unknown;
}

export interface ModelInput {
  name: string;
  provider: Provider;
  model: string;
  base_url: string | null;
  api_key?: string | null;
  params: Record<string, unknown>;
  price_in_usd_per_million: number | null;
  price_out_usd_per_million: number | null;
}

// --- people -----------------------------------------------------------------------------------------

export interface Person {
  id: number;
  login: string;
  name: string;
  role: Role | "admin";
  organisation: string;
  pay_usd_per_hour: number | null;
  is_disabled: boolean;
  created_at: string;
}

export interface PersonInput {
  login: string;
  name: string;
  password: string;
  role: Role | "admin";
  organisation: string;
  pay_usd_per_hour: number | null;
}

export interface Member {
  person: number;
  login: string;
  name: string;
  organisation: string;
  role: Role;
  /** The name exports give them. */
  pseudonym: string;
}

export interface ApiKey {
  id: number;
  name: string;
  created_at: string;
}

export interface NewApiKey {
  id: number;
  name: string;
  key: string;
}
