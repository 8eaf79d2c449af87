import { expect, test } from "vitest";
import type { ItemRecord, RecordRevision } from "../api/researcher_types";
import { historyOf, saidIn } from "./history";
import { peopleSay } from "./said";

const suggestion = {
  status: "ok" as const,
  distribution: {},
  preselected: [],
  text: null,
  option_mass: null,
  reason: null,
  explanation: null,
  model: "small",
  prompt_version: "p1",
};

const revision: RecordRevision = {
  number: 1,
  act: "submit",
  state: "submitted",
  answers: { traits: { kind: "choices", value: ["informative", "funny"], confidence: null } },
  origins: { traits: { informative: "model_confirmed", funny: "human" } },
  shown: [],
  reject_reason: null,
  note: null,
  active_ms: 42_000,
  wall_ms: 50_000,
  blurred_ms: 0,
  generation_ms: 0,
  schema_version: 1,
  guideline_version: 1,
  suspect: false,
  created_at: "2026-11-20T11:02:00Z",
};

test("suggestions of one prompt are one happening, and all stand in order of time", () => {
  const record = {
    created_at: "2026-11-12T00:00:00Z",
    row: 4812,
    suggestions: [
      { ...suggestion, id: 1, question: "traits", created_at: "2026-11-21T09:14:00Z" },
      { ...suggestion, id: 2, question: "civil", created_at: "2026-11-21T09:15:00Z" },
    ],
    assignments: [{ annotator: "A", revisions: [revision], drafts: [], writings: [] }],
    inquiries: [],
  } as unknown as ItemRecord;
  expect(historyOf(record).map((each) => each.kind)).toEqual(["imported", "revised", "suggested"]);
});

test("a draft stands where it was made, and a revision brings how its own texts came about", () => {
  const later = { ...revision, number: 2, created_at: "2026-11-20T12:00:00Z" };
  const record = {
    created_at: "2026-11-12T00:00:00Z",
    row: 1,
    suggestions: [],
    assignments: [
      {
        annotator: "A",
        revisions: [revision, later],
        drafts: [{ id: 7, number: 1, created_at: "2026-11-20T11:00:00Z" }],
        writings: [{ revision: 2, question: "response" }],
      },
    ],
    inquiries: [],
  } as unknown as ItemRecord;
  const told = historyOf(record);
  expect(told.map(({ kind }) => kind)).toEqual(["imported", "drafted", "revised", "revised"]);
  const written = told.map((each) => (each.kind === "revised" ? each.writings.length : null));
  expect(written).toEqual([null, null, 0, 1]);
});

test("a revision tells what was confirmed, what was put in, and what was turned down", () => {
  expect(saidIn(revision, "traits", ["informative", "personal"])).toEqual([
    { value: "informative", word: "confirmed" },
    { value: "funny", word: "instead" },
    { value: "personal", word: "rejected" },
  ]);
});

test("a text that began as a model's is told apart from one a person began", () => {
  const wrote = (origin: "model_edited" | "model_confirmed" | "human") =>
    saidIn(
      {
        ...revision,
        answers: { response: { kind: "text", value: "So.", confidence: null } },
        origins: { response: { "": origin } },
      },
      "response",
      [],
    ).map(({ word }) => word);
  expect(wrote("model_edited")).toEqual(["rewritten"]);
  expect(wrote("model_confirmed")).toEqual(["taken"]);
  expect(wrote("human")).toEqual(["own"]);
});

test("people who differ are shown with their numbers", () => {
  const option = { definition: "", examples: [], exclusive: false, key: null };
  const question = {
    kind: "choice" as const,
    name: "fit",
    title: "Fit",
    help: "",
    required: true,
    shown_if: null,
    ask_confidence: false,
    options: [
      { ...option, name: "fully", label: "Fully" },
      { ...option, name: "somewhat", label: "Somewhat" },
    ],
  };
  expect(peopleSay(question, { somewhat: 1, fully: 2 })).toEqual({
    words: "Fully, Somewhat",
    split: "2 : 1",
  });
  expect(peopleSay(question, { fully: 3 })).toEqual({ words: "Fully", split: null });
  expect(peopleSay(question, {})).toBeNull();
});
