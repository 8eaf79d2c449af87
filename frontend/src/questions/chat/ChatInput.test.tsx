import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answersOf, EMPTY_FORM, type Form } from "../../annotate/form";
import type { Answer } from "../../api/types";
import { listenToKeys } from "../../shared/keys";
import { AskedAlone, aChat } from "../builders";
import { candidateOf, withCandidates } from "./chat";

const TURNS = [
  { role: "user", content: "Does it float?" },
  { role: "assistant", content: "What is it made of?" },
  { role: "user", content: "Oak." },
];
const QUESTION = aChat({ candidate: "draft" });
const FIELDS = { turns: TURNS, draft: "Oak sinks." };

let quiet: () => void;
beforeEach(() => {
  quiet = listenToKeys();
});
afterEach(() => quiet());

async function asked(question = QUESTION): Promise<() => Answer | undefined> {
  const onForm = vi.fn<(form: Form) => void>();
  render(<AskedAlone question={question} fields={FIELDS} onForm={onForm} />);
  await screen.findByRole("textbox");
  return () => answersOf(onForm.mock.lastCall?.[0] ?? EMPTY_FORM, [question])[question.name];
}

test("the conversation stands above the turn to write, each turn under its speaker", async () => {
  await asked(aChat());
  const turns = screen.getAllByRole("listitem");
  expect(turns.map((turn) => turn.querySelector("b")?.textContent)).toEqual([
    "user",
    "assistant",
    "user",
    "assistant",
  ]);
  expect(screen.getByRole("textbox")).toHaveProperty("value", "");
});

test("a candidate stands in the box and is no answer until one key takes it", async () => {
  const answer = await asked();
  expect(screen.getByRole("textbox")).toHaveProperty("value", "Oak sinks.");
  expect(screen.getByText("Model’s candidate")).toBeDefined();
  expect(answer()).toBeUndefined();
  await userEvent.keyboard("a");
  expect(answer()).toMatchObject({ kind: "chat", value: "Oak sinks." });
  expect(screen.queryByText("Model’s candidate")).toBeNull();
});

test("a candidate that is corrected in place shows what was changed", async () => {
  const answer = await asked();
  const box = screen.getByRole("textbox");
  await userEvent.type(box, " Most of it.");
  expect(answer()).toMatchObject({ value: "Oak sinks. Most of it." });
  expect(document.querySelector("ins")?.textContent).toContain("Most of it.");
});

test("a box that was emptied stays empty", async () => {
  const answer = await asked();
  await userEvent.clear(screen.getByRole("textbox"));
  expect(screen.getByRole("textbox")).toHaveProperty("value", "");
  expect(answer()).toBeUndefined();
});

test("a record of the writing begins with the candidate, and with what was written where there is some", () => {
  expect(withCandidates(EMPTY_FORM, [QUESTION], FIELDS).texts).toEqual({ reply: "Oak sinks." });
  const written = { ...EMPTY_FORM, texts: { reply: "It floats." } };
  expect(withCandidates(written, [QUESTION], FIELDS).texts).toEqual({ reply: "It floats." });
});

test("a candidate may be the last turn of a conversation", () => {
  const draft = [...TURNS, { role: "assistant", content: "It floats." }];
  expect(candidateOf(QUESTION, { turns: TURNS, draft })).toBe("It floats.");
  expect(candidateOf(QUESTION, { turns: TURNS })).toBe("");
});
