import { expect, test } from "vitest";
import { replayed } from "./edits";
import { Recorder } from "./recorder";

const SOURCES = { drafts: [{ id: 4, text: "Bands stand out against snow." }], subject: "" };

function recorder(text = "", given = {}): Recorder {
  return new Recorder({ response: text }, given);
}

function type(recorder: Recorder, texts: readonly string[], from = 1000): void {
  texts.forEach((text, at) => {
    recorder.note("response", text, from + 100 * at, "typed", SOURCES, undefined);
  });
}

test("a text nobody touched has no record; one that was there is the base of its record", () => {
  expect(recorder().writing()).toEqual({});
  expect(recorder("As sent before").writing()).toEqual({ response: { base: "As sent before", edits: [] } });
});

test("typing without a pause is one edit from its first key on", () => {
  const written = recorder();
  type(written, ["B", "Ba", "Ban"]);
  expect(written.writing().response?.edits).toEqual([
    { at_ms: 1000, start: 0, removed: 0, inserted: "Ban", source: "typed", is_paste: false, draft: null },
  ]);
});

test("an insertion is the draft's it was taken from", () => {
  const written = recorder("Mine. ");
  const cause = { source: "draft", draft: 4 } as const;
  written.note("response", "Mine. Bands stand out.", 50, "set", SOURCES, cause);
  expect(written.writing().response?.edits).toMatchObject([
    { start: 6, inserted: "Bands stand out.", source: "draft", draft: 4, is_paste: false },
  ]);
});

test("a paste says that it is one, and where it is from", () => {
  const written = recorder();
  written.note("response", "Bands stand out", 50, "brought", SOURCES, undefined);
  written.note("response", "Bands stand out from some page", 60, "brought", SOURCES, undefined);
  expect(written.writing().response?.edits).toMatchObject([
    { source: "draft", draft: 4, is_paste: true },
    { source: "outside", draft: null, is_paste: true },
  ]);
});

test("undo, redo and a step back of the form are the person's own, and are recorded", () => {
  const written = recorder();
  type(written, ["Mine"]);
  written.note("response", "Mine and more of it", 4000, "typed", SOURCES, undefined);
  written.note("response", "Mine", 5000, "set", SOURCES, undefined);
  written.note("response", "Mine and more of it", 6000, "restored", SOURCES, undefined);
  const record = written.writing().response;
  expect(record?.edits.map(({ source }) => source)).toEqual(["typed", "typed", "own", "own"]);
  expect(record && replayed(record)).toBe("Mine and more of it");
});

test("many words at once that stand in a draft are not typed, whatever the browser calls it", () => {
  const written = recorder();
  written.note("response", "Bands stand out against snow", 50, "typed", SOURCES, undefined);
  expect(written.writing().response?.edits).toMatchObject([{ source: "draft", draft: 4 }]);
});

test("the record goes on after a reload, and later than before", () => {
  const written = recorder();
  type(written, ["Mine"]);
  const again = recorder("Mine", written.writing());
  expect(again.lastMs).toBe(1000);
  again.note("response", "Mine, again", 1500, "typed", SOURCES, undefined);
  const record = again.writing().response;
  expect(record?.edits).toHaveLength(2);
  expect(record && replayed(record)).toBe("Mine, again");
});

test("a record that does not lead to the text is mended; one that leads nowhere begins anew", () => {
  const told = { response: { base: "Mine", edits: [] } };
  const mended = recorder("Mine and more", told).writing().response;
  expect(mended && replayed(mended)).toBe("Mine and more");
  const hole = {
    at_ms: 0,
    start: 9,
    removed: 9,
    inserted: "",
    source: "typed",
    is_paste: false,
    draft: null,
  } as const;
  const anew = recorder("Mine", { response: { base: "", edits: [hole] } }).writing();
  expect(anew).toEqual({ response: { base: "Mine", edits: [] } });
});

test("a clock that was set back does not make an edit earlier than the one before", () => {
  const written = recorder();
  written.note("response", "a", 5000, "typed", SOURCES, undefined);
  written.note("response", "a b", 100, "brought", SOURCES, undefined);
  expect(written.writing().response?.edits.map(({ at_ms }) => at_ms)).toEqual([5000, 5000]);
});
