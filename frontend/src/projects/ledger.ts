/** Which answers an export takes, by their state. */
import type { ExportCounts, Ledger } from "../api/researcher_types";

/** What may leave at all: never an answer that was sent back, nor one that is being edited. */
export const EXPORTABLE = ["passed", "submitted", "rejected", "skipped", "surplus"];

export interface Line {
  state: string;
  count: number;
  mayLeave: boolean;
}

type Counts = Pick<ExportCounts, "states" | "in_review">;

/** One line a state, those that may leave first; states nobody is in only where they could leave by default. */
export function ledgerLines(counts: Counts): Line[] {
  const standing = byLine(counts);
  const present = Object.keys(standing).filter((state) => (standing[state] ?? 0) > 0);
  const shown = [
    ...EXPORTABLE.filter((state) => state === "submitted" || present.includes(state)),
    ...present,
  ];
  return [...new Set(shown)].map((state) => ({
    state,
    count: standing[state] ?? 0,
    mayLeave: EXPORTABLE.includes(state),
  }));
}

export function leaving(counts: Counts, states: string[]): number {
  const standing = byLine(counts);
  return states.reduce((sum, state) => sum + (standing[state] ?? 0), 0);
}

/** Submitted answers that wait for a review are a line of their own: they stay until it is decided. */
function byLine({ states, in_review }: Counts): Record<string, number> {
  return { ...states, submitted: (states.submitted ?? 0) - in_review, in_review };
}

/** Whether what came in is all exported or excluded for a reason, and every row that could be made is. */
export function addsUp(ledger: Ledger): boolean {
  const excluded = Object.values(ledger.excluded).reduce((sum, count) => sum + count, 0);
  const { candidates = 0, rows = 0, left_out = {} } = ledger;
  const leftOut = Object.values(left_out).reduce((sum, count) => sum + count, 0);
  return ledger.annotations === ledger.exported + excluded && candidates === rows + leftOut;
}
