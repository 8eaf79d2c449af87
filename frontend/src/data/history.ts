/** Everything that happened to an item, in the order in which it happened. */
import type { ItemRecord, RecordRevision, RecordSuggestion, RecordWriting } from "../api/researcher_types";
import type { Draft } from "../api/types";
import { valuesOf } from "./said";

export type Happening =
  | { kind: "imported"; at: string; row: number | null }
  | { kind: "suggested"; at: string; model: string; prompt: string; suggestions: RecordSuggestion[] }
  | {
      kind: "revised";
      at: string;
      annotator: string;
      revision: RecordRevision;
      /** How its texts came about, and the drafts they may be from. */
      writings: RecordWriting[];
      drafts: Draft[];
      /** The item was kept from the assistant, for comparison. */
      isHeldOut: boolean;
    }
  | { kind: "drafted"; at: string; annotator: string; draft: Draft }
  | { kind: "asked"; at: string; inquiry: ItemRecord["inquiries"][number] }
  | { kind: "replied"; at: string; inquiry: ItemRecord["inquiries"][number] };

export function historyOf(record: ItemRecord): Happening[] {
  const imported: Happening = { kind: "imported", at: record.created_at, row: record.row };
  const revised = record.assignments.flatMap((assignment) =>
    assignment.revisions.map(
      (revision): Happening => ({
        kind: "revised",
        at: revision.created_at,
        annotator: assignment.annotator,
        revision,
        writings: assignment.writings.filter(
          (writing) => revision.act === "submit" && writing.revision === revision.number,
        ),
        drafts: assignment.drafts,
        isHeldOut: assignment.assist_held_out,
      }),
    ),
  );
  const drafted = record.assignments.flatMap(({ annotator, drafts }) =>
    drafts.map((draft): Happening => ({ kind: "drafted", at: draft.created_at, annotator, draft })),
  );
  const inquiries = record.inquiries.flatMap((inquiry): Happening[] => [
    { kind: "asked", at: inquiry.asked_at, inquiry },
    ...(inquiry.replied_at ? [{ kind: "replied" as const, at: inquiry.replied_at, inquiry }] : []),
  ]);
  const rest = [...suggested(record.suggestions), ...drafted, ...revised, ...inquiries];
  return [imported, ...rest.sort((one, other) => one.at.localeCompare(other.at))];
}

/** One happening for all questions a model answered under one prompt. */
function suggested(suggestions: RecordSuggestion[]): Happening[] {
  const groups = new Map<string, RecordSuggestion[]>();
  for (const suggestion of suggestions) {
    const key = `${suggestion.model} ${suggestion.prompt_version}`;
    groups.set(key, [...(groups.get(key) ?? []), suggestion]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as RecordSuggestion;
    return {
      kind: "suggested",
      at:
        group
          .map((each) => each.created_at)
          .sort()
          .at(-1) ?? first.created_at,
      model: first.model,
      prompt: first.prompt_version,
      suggestions: group,
    };
  });
}

export type Word = "confirmed" | "instead" | "own" | "rejected" | "taken" | "rewritten";

export interface Said {
  value: string;
  word: Word;
}

/** What a revision says to a question: what was kept, put in, and which proposals were turned down. */
export function saidIn(revision: RecordRevision, question: string, proposed: string[]): Said[] {
  const answer = revision.answers[question];
  const values = answer === undefined ? [] : valuesOf(answer);
  const origins = revision.origins[question] ?? {};
  const given = values.map(
    (value): Said => ({ value, word: wordOf(origins[value] ?? origins[""], proposed.length > 0) }),
  );
  const rejected = proposed.filter((value) => !values.includes(value));
  return [...given, ...rejected.map((value): Said => ({ value, word: "rejected" }))];
}

function wordOf(origin: string | undefined, wasProposed: boolean): Word {
  const isText = !wasProposed;
  if (origin === "model_confirmed" || origin === "model") return isText ? "taken" : "confirmed";
  if (origin === "model_edited") return isText ? "rewritten" : "instead";
  return wasProposed ? "instead" : "own";
}
