/** Which answers an export takes, by their state. */
import type { ExportCounts, Ledger } from "../api/researcher_types";

/** What may leave at all: never an answer that was sent back, nor one that is being edited. */
export const EXPORTABLE = ["passed", "submitted", "rejected", "skipped", "surplus"];

export interface Line {
  state: string;
  count: number;
  mayLeave: boolean;
}

/** One line a state, those that may leave first; states nobody is in only where they could leave by default. */
export function ledgerLines(counts: Pick<ExportCounts, "states">): Line[] {
  const present = Object.keys(counts.states).filter((state) => (counts.states[state] ?? 0) > 0);
  const shown = [
    ...EXPORTABLE.filter((state) => state === "submitted" || present.includes(state)),
    ...present,
  ];
  return [...new Set(shown)].map((state) => ({
    state,
    count: counts.states[state] ?? 0,
    mayLeave: EXPORTABLE.includes(state),
  }));
}

export function leaving(counts: Pick<ExportCounts, "states">, states: string[]): number {
  return states.reduce((sum, state) => sum + (counts.states[state] ?? 0), 0);
}

/** Whether what came in is all exported or excluded for a reason. */
export function addsUp(ledger: Ledger): boolean {
  const excluded = Object.values(ledger.excluded).reduce((sum, count) => sum + count, 0);
  return ledger.annotations === ledger.exported + excluded;
}
