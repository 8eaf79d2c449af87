/** Which answers an export takes, by their state. */
import type { ExportCounts, ExportOptions } from "../api/researcher_types";

export interface Line {
  state: string;
  count: number;
  leaves: boolean;
}

const RULES: Record<string, (options: ExportOptions) => boolean> = {
  passed: () => true,
  accepted_unreviewed: (options) => options.include_unreviewed,
  submitted: (options) => options.include_unreviewed,
  rejected: (options) => options.include_rejected,
  surplus: (options) => options.include_surplus,
};

/** One line a state that has answers, those that leave first. */
export function ledgerLines(counts: ExportCounts, options: ExportOptions): Line[] {
  const lines = Object.entries(counts).map(([state, count]) => ({ state, count, leaves: RULES[state]?.(options) ?? false }));
  return lines.sort((one, other) => Number(other.leaves) - Number(one.leaves));
}

export function leaving(counts: ExportCounts, options: ExportOptions): number {
  return ledgerLines(counts, options).reduce((sum, line) => sum + (line.leaves ? line.count : 0), 0);
}
