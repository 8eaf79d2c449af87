/** The typed client every screen uses, and `unwrap`, which turns a refused request into an ApiError. */
import createClient from "openapi-fetch";
import { ApiError } from "./error";
import type { paths } from "./schema";
import { csrfHeader, currentMe, logInAgain } from "./session";
import type { Whole } from "./types";

export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: (request) => fetchInSession(request),
});

/** Fetch with the CSRF header; when the session has ended, log in again in place and repeat the request. */
export async function fetchInSession(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await globalThis.fetch(withCsrf(request));
  if (response.status !== 401 || currentMe() === null) return response;
  await logInAgain();
  return globalThis.fetch(withCsrf(again));
}

function withCsrf(request: Request): Request {
  if (request.method === "GET" || request.method === "HEAD") return request;
  for (const [name, value] of Object.entries(csrfHeader())) request.headers.set(name, value);
  return request;
}

/** The data of a reply; raises ApiError for anything but a success. */
export async function unwrap<T>(
  reply: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Whole<T>> {
  const { data, error, response } = await reply;
  if (response.ok) return data as Whole<T>;
  const isProblem = typeof error === "object" && error !== null;
  throw new ApiError(response.status, isProblem ? (error as Record<string, unknown>) : {});
}
