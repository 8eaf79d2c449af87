import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answersOf, EMPTY_FORM, type Form } from "../annotate/form";
import type { Answer, Question } from "../api/types";
import { listenToKeys } from "../shared/keys";
import { AskedAlone, aPairwise, aRanking } from "./builders";

const FIELDS = { gpt: "text of one", llama: "text of another", qwen: "a third text" };

let quiet: () => void;
beforeEach(() => {
  quiet = listenToKeys();
});
afterEach(() => {
  quiet();
  document.dir = "";
});

/** The question on screen, and a way to ask what its answer is now. */
async function asked(question: Question, order: string[]): Promise<() => Answer | undefined> {
  const onForm = vi.fn<(form: Form) => void>();
  render(<AskedAlone question={question} fields={FIELDS} order={order} onForm={onForm} />);
  await screen.findByText("text of one");
  return () => answersOf(onForm.mock.lastCall?.[0] ?? EMPTY_FORM, [question])[question.name];
}

test("the arrow points at the text that stands there; the answer names its field", async () => {
  const answer = await asked(aPairwise(), ["llama", "gpt"]);
  await userEvent.keyboard("{ArrowLeft}");
  expect(answer()).toMatchObject({ kind: "pairwise", value: "second" });
  await userEvent.keyboard("{ArrowRight}");
  expect(answer()).toMatchObject({ value: "first" });
  await userEvent.keyboard("{ArrowDown}");
  expect(answer()).toMatchObject({ value: "tie" });
});

test("right to left, A stands at the right and the arrows turn with it", async () => {
  document.dir = "rtl";
  const answer = await asked(aPairwise(), ["gpt", "llama"]);
  await userEvent.keyboard("{ArrowRight}");
  expect(answer()).toMatchObject({ value: "first" });
});

test("two ties are two keys, and none has no key at all", async () => {
  const answer = await asked(aPairwise({ ties: "two" }), ["gpt", "llama"]);
  await userEvent.keyboard("{ArrowUp}");
  expect(answer()).toMatchObject({ value: "both_good" });
  await userEvent.keyboard("{ArrowDown}");
  expect(answer()).toMatchObject({ value: "both_bad" });
  cleanup();
  const strict = await asked(aPairwise({ ties: "none" }), ["gpt", "llama"]);
  await userEvent.keyboard("{ArrowDown}{ArrowUp}");
  expect(strict()).toBeUndefined();
});

test("nothing on the page tells which field a text is", async () => {
  await asked(aPairwise(), ["llama", "gpt"]);
  await userEvent.keyboard("{ArrowLeft}");
  expect(document.body.innerHTML).not.toMatch(/gpt|llama|first|second/);
  cleanup();
  await asked(aRanking(), ["qwen", "llama", "gpt"]);
  await userEvent.keyboard("]=");
  expect(document.body.innerHTML).not.toMatch(/gpt|llama|qwen/);
});

test("a verdict is told to those who do not see it", async () => {
  await asked(aPairwise(), ["gpt", "llama"]);
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByRole("status").textContent).toBe("B");
  expect(screen.getByRole("radio", { name: /^B/ })).toHaveProperty("checked", true);
});

test("texts are put in order by keys: choose, move, tie", async () => {
  const answer = await asked(aRanking(), ["gpt", "llama", "qwen"]);
  expect(answer()).toBeUndefined();
  await userEvent.keyboard("jj[[");
  expect(answer()).toMatchObject({ value: [["gpt"], ["qwen"], ["llama"]] });
  await userEvent.keyboard("=");
  expect(answer()).toMatchObject({ value: [["gpt", "qwen"], ["llama"]] });
  expect(screen.getByRole("status").textContent).toContain("A = C > B");
});

test("the order as drawn is an answer once a person says so", async () => {
  const answer = await asked(aRanking(), ["qwen", "gpt", "llama"]);
  await userEvent.keyboard("a");
  expect(answer()).toMatchObject({ value: [["qwen"], ["gpt"], ["llama"]] });
});

test("buttons do what keys do, and the focus goes along with the text", async () => {
  const answer = await asked(aRanking(), ["gpt", "llama", "qwen"]);
  await userEvent.click(screen.getByRole("button", { name: "Move C up" }));
  expect(answer()).toMatchObject({ value: [["gpt"], ["qwen"], ["llama"]] });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Move C up" }));
  const [best] = screen.getAllByRole("listitem");
  expect(within(best as HTMLElement).getByRole("button", { name: "Move A up" })).toHaveProperty(
    "disabled",
    true,
  );
});

test("where ties are not allowed there is nothing to tie with", async () => {
  const answer = await asked(aRanking({ ties: false }), ["gpt", "llama", "qwen"]);
  expect(screen.queryByRole("button", { name: /Tie/ })).toBeNull();
  await userEvent.keyboard("j=");
  expect(answer()).toBeUndefined();
});
