/** Asking the judge about an answer before it is sent: its verdicts as they come. Nothing waits for it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { fetchInSession } from "../api/client";
import { ApiError } from "../api/error";
import type { components } from "../api/schema";
import type { Answers, Whole } from "../api/types";
import type { Verdict } from "../review/types";
import { postForEvents } from "../shared/sse";
import type { RubricScore } from "./types";

export interface CheckOutcome {
  check: number;
  scores: RubricScore[];
  status: "passed" | "redo" | null;
  card: { n: number; recall: number | null; precision: number | null; kappa: number | null } | null;
}
export interface Check {
  phase: "asking" | "done" | "stopped" | "failed";
  /** What was asked about. */
  answers: Answers;
  /** The check's number, once it is known. */
  id: number | null;
  verdicts: Verdict[];
  outcome: CheckOutcome | null;
  /** Why it failed, in the server's words; null when it was not reached. */
  reason: string | null;
}

type Body = Whole<components["schemas"]["CheckInput"]>;

export function useCheck(assignment: number) {
  const [check, setCheck] = useState<Check | null>(null);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => {
    running.current?.abort();
    setCheck((now) => (now?.phase === "asking" ? { ...now, phase: "stopped" } : now));
  }, []);
  const start = useCallback(
    async (answers: Answers) => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      const change = (next: (now: Check) => Check) =>
        running.current === mine && !mine.signal.aborted && setCheck((now) => now && next(now));
      setCheck({ phase: "asking", answers, id: null, verdicts: [], outcome: null, reason: null });
      try {
        await ask(assignment, { answers } as Body, mine.signal, change);
        change((now) => (now.phase === "asking" ? { ...now, phase: "failed" } : now)); // it broke off
      } catch (failure) {
        const reason = failure instanceof ApiError ? failure.message : null;
        change((now) => ({ ...now, phase: "failed", reason }));
      }
    },
    [assignment],
  );
  useEffect(() => () => running.current?.abort(), []);
  return { check, start, stop };
}

async function ask(
  assignment: number,
  body: Body,
  signal: AbortSignal,
  change: (next: (now: Check) => Check) => unknown,
): Promise<void> {
  let id: number | null = null;
  for await (const { event, data } of postForEvents(`/api/assignments/${assignment}/check`, body, signal)) {
    const told = JSON.parse(data);
    if (event === "started") {
      id = told.check;
      change((now) => ({ ...now, id: told.check }));
    }
    if (event === "problem") change((now) => ({ ...now, phase: "failed", reason: told.reason }));
    if (event === "done") change((now) => ({ ...now, phase: "done", outcome: told }));
    if (event === "verdict") {
      change((now) => ({ ...now, verdicts: [...now.verdicts, told] }));
      if (id !== null) noteShown(id);
      id = null;
    }
  }
}

/** Tell the server that the first verdict is on screen; advice that was seen is part of the record. */
function noteShown(check: number): void {
  const request = new Request(`${location.origin}/api/checks/${check}/shown`, { method: "POST" });
  void fetchInSession(request).catch(() => undefined); // the check itself is stored either way
}
