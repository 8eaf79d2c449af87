/**
 * Types of what researchers, auditors and administrators read and send: those generated from the server's
 * description, made narrower only where it leaves JSON open.
 */
import type { components } from "./schema";
import type { Answers, Draft, FieldValue, RejectReason, Role, Whole } from "./types";

type Schemas = components["schemas"];

export type Template = Whole<Schemas["Template"]>;
export type SpecCheck = Whole<Schemas["CheckedSpec"]>;
export type CreatedProject = Pick<Schemas["ProjectDetail"], "id" | "slug" | "name">;

// --- items ------------------------------------------------------------------------------------------

export type ItemState = Schemas["ListedItem"]["state"];
export type ImportFormat = Schemas["Preview"]["format"];
export type ImportPreview = Whole<Schemas["Preview"]>;
export type Import = Whole<Schemas["Import"]>;

export interface ItemFilter {
  state?: string;
  q?: string;
  cursor?: string;
  limit?: number;
}

export type ListedItem = Whole<Schemas["ListedItem"]>;
export type ItemPage = Whole<Schemas["ItemPage"]>;

export type Origin = "human" | "model" | "model_confirmed" | "model_edited";
export type SuggestionStatus = "ok" | "abstained" | "unreadable" | "failed";

export type RecordSuggestion = Omit<Schemas["SuggestionRecord"], "status" | "explanation"> & {
  status: SuggestionStatus;
  explanation: { text: string } | null;
};

export type RecordRevision = Omit<
  Schemas["RevisionRecord"],
  "act" | "answers" | "origins" | "shown" | "reject_reason"
> & {
  act: "submit" | "skip" | "reject" | "reopen";
  answers: Answers;
  /** By question and option; "" where the question has one answer. */
  origins: Record<string, Record<string, Origin>>;
  shown: { suggestion: number; preselected: string[] }[];
  reject_reason: RejectReason | null;
};

export type RecordWriting = Whole<Schemas["WritingRecord"]>;
export type RecordAssignment = Omit<Schemas["AssignmentRecord"], "revisions" | "drafts" | "writings"> & {
  revisions: RecordRevision[];
  drafts: Draft[];
  writings: RecordWriting[];
};
export type RecordCall = Omit<Schemas["CallRecord"], "messages"> & { messages: PromptMessage[] };
export type RecordInquiry = Schemas["InquiryRecord"];

export type ItemRecord = Omit<
  Schemas["ItemRecord"],
  "fields" | "gold" | "suggestions" | "assignments" | "calls"
> & {
  fields: Record<string, FieldValue>;
  gold: Answers;
  suggestions: RecordSuggestion[];
  assignments: RecordAssignment[];
  calls: RecordCall[];
};

// --- progress ---------------------------------------------------------------------------------------

export type AnnotatorProgress = Schemas["AnnotatorProgress"];
export type GoldAccuracy = Schemas["GoldAccuracy"];
export type Progress = Schemas["Progress"];

// --- jobs -------------------------------------------------------------------------------------------

export type Job = Omit<Schemas["Job"], "kind" | "state"> & {
  kind: "import" | "preannotate" | "bench" | "preselect" | "export" | "judge" | "check" | "probe";
  state: "queued" | "running" | "done" | "cancelled" | "failed";
};

export type Failure = Schemas["Failure"];

/** What a researcher chooses of a prompt; the rest stays as the server has it. */
export type PromptOptions = Pick<
  Schemas["BenchOptions"],
  "model" | "sections" | "templates" | "style" | "explain" | "examples"
>;
export type BenchInput = Schemas["BenchOptions"];
export type JobInput =
  | Schemas["PreAnnotationRun"]
  | Schemas["JudgingRun"]
  | Schemas["ProbeRun"]
  | Schemas["ExportRun"];

export interface PromptMessage {
  role: "system" | "user" | "assistant";
  parts: ({ kind: "text"; text: string } | { kind: "image"; media_type: string; sha256: string })[];
}

export interface BenchSuggestion {
  status: SuggestionStatus;
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
  /** Questions no model is asked, with the reason; tries of an older version do not say. */
  not_asked?: Record<string, string>;
  forecast: { calls: number; tokens: number | null; cost_usd: number | null; seconds: number | null };
}

export type Prompts = Schemas["PromptTemplates"];
export type Preselection = Schemas["Preselection"];

// --- export -----------------------------------------------------------------------------------------

export type ExportFormat = "jsonl" | "csv";
export type ExportOptions = Required<Omit<Schemas["ExportRun"], "kind">>;
export type ExportCounts = Whole<Schemas["ExportCounts"]>;

/** Where every annotation went: annotations = exported + the sum of excluded. */
export interface Ledger {
  annotations: number;
  exported: number;
  excluded: Record<string, number>;
  unlabeled_items: number;
  exported_unlabeled: number;
  /** Of files to train on: candidates = rows + the sum of left_out. */
  candidates?: number;
  rows?: number;
  sources?: Record<string, number>;
  left_out?: Record<string, number>;
}

export type Export = Omit<Schemas["Export"], "ledger"> & { ledger: Ledger };

// --- models -----------------------------------------------------------------------------------------

export type Provider = Schemas["ModelSetup"]["provider"];

export interface Capabilities {
  reachable: boolean;
  logprobs: boolean;
  json_schema: boolean;
  images: boolean;
  streaming: boolean;
  latency_ms: number | null;
  error: string | null;
  /** Why it cannot do what it cannot. */
  reasons: Record<string, string>;
}

/** What is known of a model: in words, and as it was last measured on gold. */
export interface ModelCard {
  text?: string;
  measured?: {
    project: string;
    at: string;
    prompt_version: string;
    calibrated: boolean;
    items: number;
    questions: Record<string, Figures>;
    not_useful_for: string[];
  };
}

export interface Figures {
  n: number;
  right: number;
  accuracy: number;
  /** How many the commonest answer alone would have had right. */
  commonest: number;
  auc: number | null;
}

export type Model = Omit<Schemas["ModelView"], "card" | "capabilities"> & {
  card: ModelCard | null;
  capabilities: Capabilities | null;
};

export type ModelInput = Schemas["ModelSetup"];

// --- people -----------------------------------------------------------------------------------------

export type Person = Omit<Schemas["PersonDetail"], "role"> & { role: Role | "admin" };
export type PersonInput = Schemas["NewPerson"];
export type PersonChanges = Schemas["PersonChanges"];
export type Member = Omit<Schemas["MemberDetail"], "role"> & { role: Role };

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
