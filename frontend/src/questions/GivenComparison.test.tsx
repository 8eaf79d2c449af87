import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Answer, Question } from "../api/types";
import { aPairwise, aRanking } from "./builders";
import { GivenComparison } from "./GivenComparison";
import { type ComparingQuestion, ItemContext } from "./kind";

const SHOWN = { hint: "", required: true, show: "text" as const };
const SUBJECT = ["gpt", "llama", "qwen"].map((name) => ({ name, title: `Model ${name}`, ...SHOWN }));
const FIELDS = { gpt: "text of one", llama: "text of another", qwen: "a third text" };

function show(
  question: ComparingQuestion,
  answer: Answer,
  given: { before?: Answer; all?: Question[] } = {},
) {
  const orders = {
    [question.name]: question.kind === "ranking" ? ["qwen", "gpt", "llama"] : ["llama", "gpt"],
  };
  const item = {
    subject: SUBJECT,
    fields: FIELDS,
    orders,
    questions: given.all ?? [question],
    hasKeys: false,
  };
  return render(
    <ItemContext.Provider value={item}>
      <GivenComparison question={question} answer={answer} before={given.before} />
    </ItemContext.Provider>,
  );
}

test("a preference reads as the letter of the screen, and names no field", () => {
  show(aPairwise(), { kind: "pairwise", value: "first", confidence: null });
  expect(document.querySelector(".verdict-words")?.textContent).toBe("B");
  expect(screen.getByRole("group", { name: "Text B" }).textContent).toBe("text of one");
  expect(document.body.innerHTML).not.toMatch(/gpt|llama|Model/);
});

test("an order stands as it was ranked", () => {
  const value = [["llama"], ["qwen", "gpt"]];
  show(aRanking(), { kind: "ranking", value, confidence: null });
  expect(document.querySelector(".verdict-words")?.textContent).toBe("C > A = B");
  const texts = screen.getAllByRole("group").map(({ textContent }) => textContent);
  expect(texts).toEqual(["text of another", "a third text", "text of one"]);
});

test("what was said before it was sent back is struck through", () => {
  const before: Answer = { kind: "pairwise", value: "tie", confidence: null };
  show(aPairwise(), { kind: "pairwise", value: "second", confidence: null }, { before });
  expect(document.querySelector("del")?.textContent).toBe("No difference");
  expect(document.querySelector(".verdict-words")?.textContent).toBe("A");
});

test("of two questions about the same texts the second does not show them again", () => {
  const other = aPairwise({ name: "truer", first: "llama", second: "gpt" });
  show(other, { kind: "pairwise", value: "tie", confidence: null }, { all: [aPairwise(), other] });
  expect(screen.queryByRole("group")).toBeNull();
});
