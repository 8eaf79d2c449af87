/** What happened to an answer, in order: sent, graded, sent back, commented, replied. */
import type { Feedback, FeedbackRevision, Source } from "./types";

export type Event =
  | { kind: "submitted"; at: string; revision: number; activeMs: number }
  | { kind: "graded"; at: string; source: Source; label: string; outcome: Outcome; isAdvice: boolean }
  | { kind: "replied"; at: string };

/** What a review came to; `commented` is without a verdict. */
export type Outcome = "passed" | "redo" | "graded" | "commented";

export function eventsOf(revisions: readonly FeedbackRevision[]): Event[] {
  return revisions
    .flatMap((revision): Event[] => [
      {
        kind: "submitted",
        at: revision.submitted_at,
        revision: revision.number,
        activeMs: revision.active_ms,
      },
      ...revision.feedback.flatMap(eventsOfFeedback),
    ])
    .sort((one, other) => one.at.localeCompare(other.at));
}

function eventsOfFeedback(feedback: Feedback): Event[] {
  const { created_at: at, source, label, binds, reply } = feedback;
  const graded: Event = { kind: "graded", at, source, label, outcome: outcomeOf(feedback), isAdvice: !binds };
  return reply === null ? [graded] : [graded, { kind: "replied", at: reply.at }];
}

function outcomeOf({ status, binds, note, findings }: Feedback): Outcome {
  if (status === null) return note !== "" && findings.length === 0 ? "commented" : "graded";
  return binds ? status : "graded";
}
