import { expect, test } from "vitest";
import type { Answers, Schema, Writing } from "../api/types";
import { aChoice, aTask } from "./builders";
import type { LocalDraft } from "./drafts";
import { EMPTY_FORM, type Form, pick } from "./form";
import { Visits } from "./visits";

const QUESTION = aChoice(["yes", "no"], { name: "civil" });
const SCHEMA: Schema = { version: 1, subject: [], questions: [QUESTION] };

function chosen(option: string): Form {
  return pick(EMPTY_FORM, QUESTION, option, {});
}

function answered(value: string): Answers {
  return { civil: { kind: "choice", value, confidence: null } };
}

const WRITING: Record<string, Writing> = { why: { base: "as it was", edits: [] } };

function kept(option: string, given: Partial<LocalDraft> = {}): LocalDraft {
  return { person: 1, assignment: 7, revision: 0, seq: 20, form: chosen(option), writing: WRITING, ...given };
}

function prepared(task: Parameters<typeof aTask>[1], local: LocalDraft | undefined): Visits {
  const visits = new Visits(60_000);
  visits.prepare(aTask(7, task), SCHEMA, local);
  return visits;
}

test("a draft of this machine that the server lacks is on the form and is to be sent", () => {
  const visits = prepared({}, kept("no"));
  expect(visits.form(7)).toEqual(chosen("no"));
  expect(visits.takeUnsent(7)).toEqual({
    seq: 20,
    form: chosen("no"),
    answers: answered("no"),
    writing: WRITING,
  });
});

test("it is to be sent once", () => {
  const visits = prepared({}, kept("no"));
  visits.takeUnsent(7);
  expect(visits.takeUnsent(7)).toBeUndefined();
});

test("a draft of this machine that is newer than the server's goes there too", () => {
  const visits = prepared({ draft: { seq: 19, answers: answered("yes"), writing: {} } }, kept("no"));
  expect(visits.takeUnsent(7)?.answers).toEqual(answered("no"));
});

test("a draft the server has already is not sent again", () => {
  const visits = prepared({ draft: { seq: 20, answers: answered("no"), writing: {} } }, kept("no"));
  expect(visits.form(7)).toEqual(chosen("no"));
  expect(visits.takeUnsent(7)).toBeUndefined();
});

test("a newer draft from another machine wins, and nothing is sent over it", () => {
  const visits = prepared({ draft: { seq: 21, answers: answered("yes"), writing: {} } }, kept("no"));
  expect(visits.form(7)).toEqual(chosen("yes"));
  expect(visits.takeUnsent(7)).toBeUndefined();
});

test("a draft of an older revision is out of date: it is neither shown nor sent", () => {
  const visits = prepared({ revision: 1 }, kept("no"));
  expect(visits.form(7)).toEqual(EMPTY_FORM);
  expect(visits.takeUnsent(7)).toBeUndefined();
});

test("how the texts came about comes back with the draft, from this machine or the server", () => {
  expect(prepared({}, kept("no")).writing(7)).toEqual(WRITING);
  const later = { why: { base: "later", edits: [] } };
  const draft = { seq: 21, answers: answered("yes"), writing: later };
  expect(prepared({ draft }, kept("no")).writing(7)).toEqual(later);
  expect(prepared({}, kept("no", { writing: undefined })).writing(7)).toEqual({});
});

test("an act that never left goes on with its record; one that may have arrived begins a new one", () => {
  const visits = prepared({}, kept("no"));
  const task = aTask(7);
  const done = {
    clientId: "a",
    task,
    form: visits.form(7),
    writing: WRITING,
    time: visits.time(7),
    counted: 1,
  } as const;
  visits.finish(done);
  visits.resume(done);
  expect(visits.writing(7)).toEqual(WRITING);
  visits.revise(done);
  expect(visits.writing(7)).toEqual({});
});
