import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, test } from "vitest";
import { aChoice, aChoices, anOption, aSuggestion, aText } from "../annotate/builders";
import { accept, EMPTY_FORM, marksOf, pick, preselectedBy, rank, rate, write } from "../annotate/form";
import type { Question, TaskSuggestion } from "../api/types";
import { QuestionView } from "./QuestionView";

/** One question as it works on screen, with its suggestion. */
function Shown({ question, suggestion }: { question: Question; suggestion?: TaskSuggestion }) {
  const [form, setForm] = useState(EMPTY_FORM);
  const preselected = preselectedBy(suggestion ? [suggestion] : [], false);
  return (
    <QuestionView
      question={question}
      marks={marksOf(form, question.name)}
      text={form.texts[question.name] ?? ""}
      isTouched={question.name in form.texts}
      ranks={form.rankings[question.name] ?? null}
      confidence={form.confidences[question.name]}
      preselected={preselected[question.name] ?? []}
      suggestion={suggestion}
      showsConfidence
      isActive
      isExplained={false}
      onActivate={() => undefined}
      onExplain={() => undefined}
      onSettle={() => undefined}
      onRank={(ranks) => setForm((now) => rank(now, question, ranks))}
      onPick={(option) => setForm((now) => pick(now, question, option, preselected))}
      onWrite={(value) => setForm((now) => write(now, question, value))}
      onAccept={() => setForm((now) => accept(now, question, preselected))}
      onRate={(confidence) => setForm((now) => rate(now, question, confidence))}
    />
  );
}

function row(label: string): HTMLElement {
  return screen.getByText(label).closest("label") as HTMLElement;
}

describe("a choice", () => {
  const question = aChoice(["fully", "somewhat"], { title: "How relevant?" });
  const suggestion = aSuggestion("relevance", {
    distribution: { fully: 0.91, somewhat: 0.09 },
    preselected: ["fully"],
  });

  test("is a group of radio buttons under its question", () => {
    render(<Shown question={question} />);
    const group = screen.getByRole("group", { name: /How relevant/ });
    expect(within(group).getAllByRole("radio")).toHaveLength(2);
  });

  test("shows the model's choice as the model's, with whole percents", () => {
    render(<Shown question={question} suggestion={suggestion} />);
    expect(within(row("fully")).getByText("Model")).toBeTruthy();
    expect(row("fully").textContent).toContain("91 %");
    expect(within(row("fully")).getByRole("radio").dataset.origin).toBe("model");
  });

  test("a click on the model's choice makes it the person's", async () => {
    render(<Shown question={question} suggestion={suggestion} />);
    await userEvent.click(within(row("fully")).getByRole("radio"));
    expect(within(row("fully")).getByText("Confirmed")).toBeTruthy();
    expect(within(row("fully")).getByRole("radio").dataset.origin).toBeUndefined();
  });

  test("a click on another one is the person's own, and the model's is rejected", async () => {
    render(<Shown question={question} suggestion={suggestion} />);
    await userEvent.click(within(row("somewhat")).getByRole("radio"));
    expect(within(row("somewhat")).getByText("You")).toBeTruthy();
    expect(within(row("fully")).getByText("Rejected")).toBeTruthy();
    expect(screen.getAllByRole("radio", { checked: true })).toHaveLength(1);
  });

  test("of twelve options is found by typing", async () => {
    const options = ["English", "German", "Polish", "Portuguese", "Dutch", "Greek", "Turkish", "Czech"];
    const many = aChoice([...options, "Finnish", "Danish", "Irish", "Welsh"]);
    render(<Shown question={many} />);
    await userEvent.type(screen.getByRole("searchbox"), "poli{Enter}");
    expect(within(row("Polish")).getByText("You")).toBeTruthy();
    expect(screen.getAllByRole("radio")).toHaveLength(12);
  });

  test("of a model that abstained has no bars and says why", () => {
    const unsure = aSuggestion("relevance", { status: "abstained", reason: "it may be **mockery**" });
    const { container } = render(<Shown question={question} suggestion={unsure} />);
    expect(screen.getByText("Not sure")).toBeTruthy();
    expect(screen.getByText(/it may be mockery/)).toBeTruthy();
    expect(container.querySelector(".bar")).toBeNull();
  });

  test("of a model that failed can be labeled without it", () => {
    render(<Shown question={question} suggestion={aSuggestion("relevance", { status: "failed" })} />);
    expect(screen.getByText("Model unavailable, label without it.")).toBeTruthy();
  });
});

describe("several options", () => {
  const question = aChoices(["useful", "funny", "none"], {
    options: [anOption("useful"), anOption("funny"), anOption("none", { exclusive: true })],
  });

  test("an exclusive one clears the others, as its label says", async () => {
    render(<Shown question={question} />);
    await userEvent.click(within(row("useful")).getByRole("checkbox"));
    await userEvent.click(screen.getByRole("checkbox", { name: /none clears the others/ }));
    expect(screen.getAllByRole("checkbox", { checked: true })).toHaveLength(1);
  });

  test("a preselected one is confirmed by the first click and rejected by the second", async () => {
    const suggestion = aSuggestion("traits", { distribution: { useful: 0.8 }, preselected: ["useful"] });
    render(<Shown question={question} suggestion={suggestion} />);
    await userEvent.click(within(row("useful")).getByRole("checkbox"));
    expect(within(row("useful")).getByText("Confirmed")).toBeTruthy();
    await userEvent.click(within(row("useful")).getByRole("checkbox"));
    expect(within(row("useful")).getByText("Rejected")).toBeTruthy();
  });
});

describe("a text", () => {
  test("counts characters as the server does and says by how much it is too long", async () => {
    render(<Shown question={aText({ max_length: 4 })} />);
    await userEvent.type(screen.getByRole("textbox"), "🍅🍅🍅🍅");
    expect(screen.getByRole("textbox").getAttribute("aria-invalid")).toBe("false");
    await userEvent.type(screen.getByRole("textbox"), "!");
    expect(screen.getByText("1 character too long; at most 4")).toBeTruthy();
  });

  test("the model's text stands apart until the person inserts it", async () => {
    render(<Shown question={aText()} suggestion={aSuggestion("reason", { text: "Because." })} />);
    expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("");
    await userEvent.click(screen.getByRole("button", { name: /Insert/ }));
    expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("Because.");
  });
});

test("own confidence is asked where the project wants it", async () => {
  render(<Shown question={aChoice(["a", "b"], { ask_confidence: true })} />);
  await userEvent.click(screen.getByRole("radio", { name: "Fairly sure" }));
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Fairly sure" }).checked).toBe(true);
});
