/** What holds a project up, worst first. */
export interface Facts {
  imported: number;
  preannotated: number;
  labeled: number;
  rejected: number;
  /** Answers that may leave, and how many of them the last export held. */
  answers: number;
  exported: number;
  openInquiries: number;
  /** Answers that wait for a review and leave only then. */
  toReview: number;
  failedSuggestions: number;
  annotators: number;
  isPaused: boolean;
  isJobRunning: boolean;
  hasGuideline: boolean;
  /** People write here: nothing is proposed before they begin. */
  isWriting: boolean;
  hasAssistant: boolean;
}

export interface NextStep {
  name:
    | "import"
    | "paused"
    | "inquiries"
    | "failures"
    | "guideline"
    | "members"
    | "assistant"
    | "preannotate"
    | "annotate"
    | "review"
    | "export";
  count: number;
  tone: "warn" | "redo" | "plain";
}

export function nextSteps(facts: Facts): NextStep[] {
  if (facts.imported === 0) {
    const first: NextStep[] = [{ name: "import", count: 0, tone: "warn" }];
    return facts.hasGuideline ? first : [...first, { name: "guideline", count: 0, tone: "plain" }];
  }
  const open = facts.imported - facts.labeled - facts.rejected;
  const steps: NextStep[] = [];
  if (facts.isPaused) steps.push({ name: "paused", count: open, tone: "redo" });
  if (facts.openInquiries > 0) steps.push({ name: "inquiries", count: facts.openInquiries, tone: "warn" });
  if (facts.failedSuggestions > 0)
    steps.push({ name: "failures", count: facts.failedSuggestions, tone: "warn" });
  if (!facts.hasGuideline) steps.push({ name: "guideline", count: 0, tone: "warn" });
  if (facts.annotators === 0 && open > 0) steps.push({ name: "members", count: open, tone: "warn" });
  if (facts.isWriting && !facts.hasAssistant && facts.labeled === 0)
    steps.push({ name: "assistant", count: 0, tone: "plain" });
  const bare = facts.imported - facts.preannotated;
  if (bare > 0 && !facts.isJobRunning && !facts.isWriting)
    steps.push({ name: "preannotate", count: bare, tone: "plain" });
  if (open > 0 && facts.annotators > 0) steps.push({ name: "annotate", count: open, tone: "plain" });
  if (facts.toReview > 0) steps.push({ name: "review", count: facts.toReview, tone: "plain" });
  if (open === 0 && facts.exported < facts.answers)
    steps.push({ name: "export", count: facts.answers - facts.exported, tone: "plain" });
  return steps;
}
