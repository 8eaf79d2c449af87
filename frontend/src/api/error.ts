import type { Fault } from "./types";

/** An answer of the server that is not a success, with what RFC 9457 says about it. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly faults: Fault[];
  /** The whole problem document; a conflict carries what stands now in it. */
  readonly problem: Record<string, unknown>;

  constructor(status: number, problem: Record<string, unknown>) {
    super(text(problem.detail) ?? text(problem.title) ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.title = text(problem.title) ?? "";
    this.faults = Array.isArray(problem.errors) ? (problem.errors as Fault[]) : [];
    this.problem = problem;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The error a failed response carries, whatever its body is. */
export async function errorOf(response: Response): Promise<ApiError> {
  const problem: unknown = await response.json().catch(() => null);
  const isObject = typeof problem === "object" && problem !== null;
  return new ApiError(response.status, isObject ? (problem as Record<string, unknown>) : {});
}
