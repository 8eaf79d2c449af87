/** The assistant's column: a word of caution, and the drafts, the latest first. */
import type { AssistantSummary } from "./types";
import type { Assist } from "./useAssist";

export interface DraftsProps {
  assist: Assist;
  assistant: AssistantSummary;
  /** Of the project, for what was measured. */
  slug: string;
  /** The drafted text as it stands, to show what of a draft is in it. */
  text: string;
  /** Puts a draft, or a part of it, where the cursor is. */
  onInsert: (draft: number, text: string) => void;
}

export default function Drafts({ assist }: DraftsProps) {
  return assist.drafts.length === 0 ? null : <aside className="drafts" />;
}
