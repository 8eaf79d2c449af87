import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test } from "vitest";
import { aText } from "../annotate/builders";
import { EMPTY_FORM, type Form } from "../annotate/form";
import type { Draft, Edit, Writing } from "../api/types";
import { aDraft } from "./builders";
import { replayed } from "./edits";
import { useWriting, type WritingControl } from "./useWriting";
import { WrittenField } from "./WrittenField";

const RESPONSE = aText({ name: "response", max_length: 2000 });
const QUESTIONS = [RESPONSE];
const DRAFTS: Draft[] = [aDraft({ id: 4, text: "Bands stand out against snow." })];

let control: WritingControl;
let write: (text: string) => void;

function Field({ given }: { given: Record<string, Writing> }) {
  const [form, setForm] = useState<Form>(() => ({
    ...EMPTY_FORM,
    texts: { response: replayed(given.response ?? { base: "", edits: [] }) ?? "" },
  }));
  control = useWriting(form, QUESTIONS, given, { drafts: DRAFTS, subject: "The wind still wins." });
  write = (text) => setForm((now) => ({ ...now, texts: { ...now.texts, response: text } }));
  const text = form.texts.response ?? "";
  return <WrittenField question={RESPONSE} text={text} onWrite={write} onSettle={() => undefined} />;
}

function show(given: Record<string, Writing> = {}) {
  render(<Field given={given} />);
}

function edits(): readonly Edit[] {
  return control.writing().response?.edits ?? [];
}

function expectWhole() {
  const { response } = control.writing();
  expect(response && replayed(response)).toBe((screen.getByRole("textbox") as HTMLTextAreaElement).value);
}

beforeEach(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
});

test("keys are one edit while they go on, and replaying gives what stands in the field", async () => {
  show();
  await userEvent.type(screen.getByRole("textbox"), "Red bands{Backspace}");
  expect(edits().map(({ inserted, removed }) => [inserted, removed])).toEqual([
    ["Red bands", 0],
    ["", 1],
  ]);
  expect(edits().every(({ source, is_paste }) => source === "typed" && !is_paste)).toBe(true);
  expectWhole();
});

test("a paste says where its words are from: a draft, the item, or elsewhere", async () => {
  show();
  const field = screen.getByRole("textbox");
  await userEvent.click(field);
  for (const words of ["Bands stand out", " the wind still wins", " words of some other page"])
    await userEvent.paste(words);
  expect(edits()).toMatchObject([
    { inserted: "Bands stand out", source: "draft", draft: 4, is_paste: true },
    { source: "subject", is_paste: true },
    { source: "outside", is_paste: true },
  ]);
  expectWhole();
});

test("an insertion has the cause that was named; taken back it is the person's own, put back the draft's", async () => {
  show();
  await userEvent.type(screen.getByRole("textbox"), "Mine. ");
  act(() => {
    control.expect("response", { source: "draft", draft: 4 });
    write("Mine. Bands stand out against snow.");
  });
  act(() => write("Mine. "));
  act(() => write("Mine. Bands stand out against snow."));
  expect(edits().map(({ source, draft }) => [source, draft])).toEqual([
    ["typed", null],
    ["draft", 4],
    ["own", null],
    ["draft", 4],
  ]);
  expectWhole();
});

test("a cause that was named for nothing does not colour the next key", async () => {
  show();
  act(() => control.expect("response", { source: "draft", draft: 4 }));
  await userEvent.type(screen.getByRole("textbox"), "M");
  expect(edits()).toMatchObject([{ inserted: "M", source: "typed", draft: null }]);
});

test("after a reload the record goes on upon the same base", async () => {
  const before: Edit = {
    at_ms: 9000,
    start: 5,
    removed: 0,
    inserted: " more",
    source: "typed",
    is_paste: false,
    draft: null,
  };
  show({ response: { base: "Older", edits: [before] } });
  await userEvent.type(screen.getByRole("textbox"), "!");
  expect(control.writing().response?.base).toBe("Older");
  expect(edits()).toHaveLength(2);
  expect(edits()[1]?.at_ms).toBeGreaterThanOrEqual(9000);
  expectWhole();
});
