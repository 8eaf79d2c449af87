/** One attempt to bring one entry of the outbox to the server. */
import { type ApiError, errorOf } from "../api/error";
import { csrfHeader, currentMe, isStillLoggedIn } from "../api/session";
import type { SubmitReply } from "../api/types";
import type { Current, Entry, Outcome } from "./outbox";

export async function sendEntry(entry: Entry): Promise<Outcome> {
  if (currentMe()?.id !== entry.person) return { kind: "logged_out" };
  let response: Response;
  try {
    response = await post(entry);
    if (response.status === 403) {
      // perhaps somebody logged in in another tab: what is refused then says nothing about the answers
      if (!(await isStillLoggedIn(entry.person))) return { kind: "logged_out" };
      response = await post(entry);
    }
  } catch {
    return { kind: "unreachable" };
  }
  if (response.ok)
    return { kind: "sent", reply: (await response.json().catch(() => null)) as SubmitReply | null };
  return outcomeOf(await errorOf(response), response.headers.get("Retry-After"));
}

function post(entry: Entry): Promise<Response> {
  return fetch(`/api/assignments/${entry.assignment}/${entry.act.kind}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...csrfHeader() },
    body: JSON.stringify({ client_id: entry.client_id, ...entry.act.body }),
  });
}

function outcomeOf(error: ApiError, retryAfter: string | null): Outcome {
  if (error.status === 401) return { kind: "logged_out" };
  if (error.status === 409)
    return {
      kind: "conflict",
      problem: error.message,
      current: (error.problem.current ?? null) as Current | null,
    };
  if (error.status >= 500 || error.status === 429 || error.status === 408)
    return { kind: "unreachable", retryAfterMs: 1000 * Number(retryAfter ?? 0) || undefined };
  return { kind: "refused", problem: error.message };
}
