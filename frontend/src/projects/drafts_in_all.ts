/** The drafts of all versions of an assistant together. */
import type { DraftFigures } from "../assistant/types";

export interface DraftsInAll {
  drafts: number;
  up: number;
  down: number;
  rated: number;
}

export function draftsInAll(versions: readonly Pick<DraftFigures, "drafts" | "thumbs">[]): DraftsInAll {
  const sum = (of: (version: (typeof versions)[number]) => number) =>
    versions.reduce((total, version) => total + of(version), 0);
  const [up, down] = [sum(({ thumbs }) => thumbs.up), sum(({ thumbs }) => thumbs.down)];
  return { drafts: sum(({ drafts }) => drafts), up, down, rated: up + down };
}
