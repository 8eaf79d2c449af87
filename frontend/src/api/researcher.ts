/** The calls of researchers, auditors and administrators: one function a route. */
import { fetchInSession } from "./client";
import { errorOf } from "./error";
import type * as T from "./researcher_types";
import type { components } from "./schema";
import type { Inquiry, ProjectSpec, Role, Section, SubjectField } from "./types";

type Schemas = components["schemas"];

async function request(
  method: string,
  path: string,
  body?: BodyInit | null,
  type?: string,
): Promise<Response> {
  const headers = type === undefined ? undefined : { "Content-Type": type };
  const response = await fetchInSession(
    new Request(new URL(path, location.origin), { method, headers, body: body ?? null }),
  );
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function get<R>(path: string): Promise<R> {
  return (await request("GET", path)).json() as Promise<R>;
}

async function send<R>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<R> {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const response = await request(method, path, json, json === undefined ? undefined : "application/json");
  return (response.status === 204 ? undefined : await response.json()) as R;
}

function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const given = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

// --- projects ---------------------------------------------------------------------------------------

export const readTemplates = () => get<T.Template[]>("/api/templates");
export const checkSpec = (yaml: string) => send<T.SpecCheck>("POST", "/api/specs/check", { yaml });
export const createProject = (body: { template: string; name: string } | { yaml: string }) =>
  send<T.CreatedProject>("POST", "/api/projects", body);
export const readSpec = (p: string) => get<ProjectSpec>(`/api/projects/${p}/spec`);
export const changeProject = (p: string, changes: Partial<ProjectSpec>) =>
  send<unknown>("PATCH", `/api/projects/${p}`, changes);
export const readGuideline = (p: string, version: number) =>
  get<{ version: number; sections: Section[] }>(`/api/projects/${p}/guidelines/${version}`);
export const readSchema = (p: string, version: number) =>
  get<{ version: number; subject: SubjectField[]; questions: ProjectSpec["questions"] }>(
    `/api/projects/${p}/schemas/${version}`,
  );
export const readProgress = (p: string) => get<T.Progress>(`/api/projects/${p}/progress`);

// --- items ------------------------------------------------------------------------------------------

export const previewImport = (p: string, format: T.ImportFormat, filename: string, head: Blob) =>
  request("POST", `/api/projects/${p}/imports/preview${query({ format, filename })}`, head, OCTETS).then(
    (response) => response.json() as Promise<T.ImportPreview>,
  );
export const storePicture = (p: string, picture: File) =>
  request("POST", `/api/projects/${p}/media`, picture, picture.type || OCTETS).then(
    (response) => response.json() as Promise<Schemas["StoredPicture"]>,
  );
export const readImports = (p: string) => get<T.Import[]>(`/api/projects/${p}/imports`);
export const readImport = (id: number) => get<T.Import>(`/api/imports/${id}`);
export const readItems = (p: string, filter: T.ItemFilter) =>
  get<T.ItemPage>(`/api/projects/${p}/items${query({ ...filter })}`);
export const readRecord = (id: number) => get<T.ItemRecord>(`/api/items/${id}`);

const OCTETS = "application/octet-stream";

/** Send a file, saying how much of it has left; fetch cannot tell. */
export function importFile(
  p: string,
  file: File | Blob,
  filename: string,
  options: { format: T.ImportFormat; mapping: Record<string, string> },
  onSent: (share: number) => void,
  csrf: Record<string, string>,
): Promise<T.Import> {
  const address = `/api/projects/${p}/items${query({
    format: options.format,
    filename,
    mapping: JSON.stringify(options.mapping),
  })}`;
  return new Promise((resolve, reject) => {
    const upload = new XMLHttpRequest();
    upload.open("POST", address);
    upload.setRequestHeader("Content-Type", OCTETS);
    for (const [name, value] of Object.entries(csrf)) upload.setRequestHeader(name, value);
    upload.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
    upload.onerror = () => reject(new TypeError("the file could not be sent"));
    upload.onload = () => {
      if (upload.status < 300) resolve(JSON.parse(upload.responseText) as T.Import);
      else void errorOf(new Response(upload.responseText, { status: upload.status })).then(reject);
    };
    upload.send(file);
  });
}

// --- jobs -------------------------------------------------------------------------------------------

export const readJobs = (p: string) => get<T.Job[]>(`/api/projects/${p}/jobs`);
export const readJob = (id: number) => get<T.Job>(`/api/jobs/${id}`);
export const cancelJob = (id: number) => send<T.Job>("POST", `/api/jobs/${id}/cancel`);
export const resumeJob = (id: number) => send<T.Job>("POST", `/api/jobs/${id}/resume`);
export const readFailures = (id: number) => get<T.Failure[]>(`/api/jobs/${id}/failures`);
export const startJob = (p: string, body: T.JobInput) => send<T.Job>("POST", `/api/projects/${p}/jobs`, body);
export const startBench = (p: string, body: T.BenchInput) =>
  send<T.Job>("POST", `/api/projects/${p}/bench`, body);
export const readBench = (id: number) => get<T.Bench>(`/api/jobs/${id}/bench`);
export const readPrompts = (p: string) => get<T.Prompts>(`/api/projects/${p}/prompts`);
export const readPreselection = (p: string, at: number) =>
  get<T.Preselection>(`/api/projects/${p}/preselection${query({ at })}`);
export const readExportCounts = (p: string) => get<T.ExportCounts>(`/api/projects/${p}/exports/counts`);
export const readExports = (p: string) => get<T.Export[]>(`/api/projects/${p}/exports`);

// --- models -----------------------------------------------------------------------------------------

export const readModels = () => get<T.Model[]>("/api/models");
export const addModel = (body: T.ModelInput) => send<T.Model>("POST", "/api/models", body);
export const changeModel = (id: number, body: Partial<T.ModelInput>) =>
  send<T.Model>("PATCH", `/api/models/${id}`, body);
export const removeModel = (id: number) => send<void>("DELETE", `/api/models/${id}`);
export const testModel = (id: number) => send<T.Capabilities>("POST", `/api/models/${id}/test`);

// --- people -----------------------------------------------------------------------------------------

export const readPeople = () => get<T.Person[]>("/api/people");
export const addPerson = (body: T.PersonInput) => send<T.Person>("POST", "/api/people", body);
export const changePerson = (id: number, body: T.PersonChanges) =>
  send<T.Person>("PATCH", `/api/people/${id}`, body);
export const readMembers = (p: string) => get<T.Member[]>(`/api/projects/${p}/members`);
export const saveMembers = (p: string, members: { login: string; role: Role }[]) =>
  send<T.Member[]>("PUT", `/api/projects/${p}/members`, { members });
export const readKeys = () => get<T.ApiKey[]>("/api/me/keys");
export const addKey = (name: string) => send<T.NewApiKey>("POST", "/api/me/keys", { name });
export const revokeKey = (id: number) => send<void>("DELETE", `/api/me/keys/${id}`);

// --- inquiries --------------------------------------------------------------------------------------

export const readInquiries = (p: string, status: "open" | "answered") =>
  get<Inquiry[] | { items: Inquiry[] }>(`/api/projects/${p}/inquiries${query({ status })}`).then((found) =>
    Array.isArray(found) ? found : found.items,
  );
export const replyInquiry = (
  id: number,
  body: { text: string; clause: { section_id: string | null; title: string; body: string } | null },
) => send<Inquiry>("POST", `/api/inquiries/${id}/reply`, body);
