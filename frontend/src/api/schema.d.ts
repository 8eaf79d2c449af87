/** The routes screens call, until they are generated from /api/openapi.json by `npm run api`. */
import type * as T from "./types";

type Reply<R> = { responses: { 200: { content: { "application/json": R } } } };
type Path<P> = { parameters: { path: P } };
type Query<Q> = { parameters: { query?: Q } };
type Body<B> = { requestBody: { content: { "application/json": B } } };
type Empty = { responses: { 204: { content?: never } } };
// biome-ignore lint/suspicious/noExplicitAny: routes whose types come with the generated file
type Loose = any;
type InProject = Path<{ p: string }>;
type OfAssignment = Path<{ a: number }>;

export interface paths {
  "/api/login": { post: Body<{ login: string; password: string }> & Reply<T.Me> };
  "/api/logout": { post: Empty };
  "/api/me": { get: Reply<T.Me> };
  "/api/me/preferences": { put: Body<T.Preferences> & Reply<T.Preferences> };
  "/api/projects/{p}": { get: InProject & Reply<T.Project>; patch: InProject & Body<Loose> & Reply<Loose> };
  "/api/projects/{p}/schemas/{v}": { get: Path<{ p: string; v: number }> & Reply<T.Schema> };
  "/api/projects/{p}/guidelines/{v}": {
    get: Path<{ p: string; v: number }> & Reply<{ version: number; sections: T.Section[] }>;
  };
  "/api/projects/{p}/next": { post: InProject & Body<{ count: number; resume: boolean }> & Reply<T.NextTasks> };
  "/api/projects/{p}/preview": {
    get: { parameters: { path: { p: string }; query?: { count?: number } } } & Reply<{
      tasks: T.AnnotatorTask[];
    }>;
  };
  "/api/projects/{p}/mine": {
    get: {
      parameters: { path: { p: string }; query?: { status?: string; limit?: number; cursor?: string } };
    } & Reply<{ items: T.MineEntry[]; next_cursor: string | null }>;
  };
  "/api/projects/{p}/progress/mine": {
    get: { parameters: { path: { p: string }; query?: { since?: string } } } & Reply<T.MyProgress>;
  };
  "/api/assignments/{a}/suggestions": { get: OfAssignment & Reply<{ suggestions: T.TaskSuggestion[] }> };
  "/api/assignments/{a}/draft": {
    put: OfAssignment & Body<{ seq: number; answers: T.Answers }> & Reply<{ seq: number }>;
  };
  "/api/assignments/{a}/submit": { post: OfAssignment & Body<T.Submission> & Reply<T.SubmitReply> };
  "/api/assignments/{a}/skip": { post: OfAssignment & Body<{ client_id: string } & T.Times> & Reply<Loose> };
  "/api/assignments/{a}/reject": {
    post: OfAssignment &
      Body<{ client_id: string; reason: T.RejectReason; note: string } & T.Times> &
      Reply<Loose>;
  };
  "/api/assignments/{a}/reopen": { post: OfAssignment & Body<{ client_id: string }> & Reply<T.AnnotatorTask> };
  "/api/assignments/{a}/release": { post: OfAssignment & Reply<Loose> };
  "/api/assignments/{a}/extend": { post: OfAssignment & Reply<{ lease_until: string }> };
  "/api/assignments/{a}/inquiries": {
    post: OfAssignment & Body<{ question: string | null; text: string }> & Reply<T.Inquiry>;
  };
  "/api/projects/{p}/inquiries": {
    get: { parameters: { path: { p: string }; query?: { status?: string } } } & Reply<Loose>;
  };
}
