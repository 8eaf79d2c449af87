/** The editor within the whole form: what a person sees while writing with a draft, and what is sent. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aTask, aText } from "../annotate/builders";
import { EMPTY_FORM } from "../annotate/form";
import { type Finished, TaskView, type TaskViewProps } from "../annotate/TaskView";
import type { AnnotatorSettings } from "../api/types";
import type { Rubric } from "../review/types";
import { listenToKeys } from "../shared/keys";
import { aDraft, anAssistant } from "./builders";

const SETTINGS: AnnotatorSettings = {
  reveal: "immediate",
  show_confidence: true,
  confirm_presses: 1,
  idle_gap_seconds: 60,
  daily_goal: 60,
  preselect_at: 0.5,
  lease_minutes: 30,
  paused: false,
};
const RESPONSE = aText({ name: "response", title: "Response", max_length: 60, aim_min_words: 3 });
const DRAFT = aDraft({ id: 4, text: "Bands stand out against snow." });

let stop: () => void;
let finished: Finished[];

beforeEach(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  stop = listenToKeys();
  finished = [];
});

afterEach(() => stop());

function show(given: Partial<TaskViewProps> = {}) {
  const props: TaskViewProps = {
    task: aTask(1, { assist: { held_out: false, drafts: [DRAFT] } }),
    schema: { subject: [], questions: [RESPONSE] },
    settings: SETTINGS,
    sections: [],
    initial: EMPTY_FORM,
    previous: null,
    isGuidelineOpen: false,
    onGuideline: () => undefined,
    onSubmit: (done) => finished.push(done),
    onUndo: () => undefined,
    assistant: anAssistant(),
    ...given,
  };
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <TaskView {...props} />
    </QueryClientProvider>,
  );
}

async function write(text: string): Promise<HTMLElement> {
  const field = screen.getByRole("textbox", { name: /Response/ });
  await userEvent.click(field);
  await userEvent.paste(text);
  return field;
}

const forecast = () => document.querySelector(".forecast");

test("the share of the draft is said in words, in a bar and in the order of the text", async () => {
  show();
  await write("I think bands stand out here and there.");
  const strip = await screen.findByRole("region", { name: "Where the words are from" });
  await within(strip).findByText("38 % of this text came from the draft");
  expect(strip.textContent).toContain("limit 50 %");
  expect(strip.textContent).toContain("You 63 %");
  expect(strip.textContent).toContain("Draft 1, 38 %");
  within(strip).getByRole("img", { name: "In order of the text: yours, then draft 1, then yours" });
});

test("words are counted with what one aims for, never as a fault", async () => {
  show();
  await write("Two words");
  const count = await screen.findByText("2 words, aim for 3 or more");
  expect(count.classList.contains("error-text")).toBe(false);
  expect(
    screen.getByRole("textbox", { name: /Response/ }).ariaInvalid ??
      screen.getByRole("textbox", { name: /Response/ }).getAttribute("aria-invalid"),
  ).toBe("false");
});

test("Take it out leaves one's own words and can be undone", async () => {
  show();
  const field = await write("I think. Bands stand out against snow. And so do I.");
  await userEvent.click(await screen.findByRole("button", { name: "Take it out" }));
  expect((field as HTMLTextAreaElement).value).toBe("I think. And so do I.");
  await userEvent.click(
    within(document.querySelector(".foot") as HTMLElement).getByRole("button", { name: /Undo/ }),
  );
  expect((field as HTMLTextAreaElement).value).toBe("I think. Bands stand out against snow. And so do I.");
});

test("Changes shows what was changed against the draft", async () => {
  show();
  await write("Bands stand out clearly against the snow.");
  const button = await screen.findByRole("button", { name: "Changes" });
  await userEvent.click(button);
  const changes = await screen.findByRole("region", { name: "Draft 1 and your text compared" });
  expect(button.getAttribute("aria-expanded")).toBe("true");
  expect([...changes.querySelectorAll("ins")].map((added) => added.textContent?.trim())).toEqual([
    "clearly",
    "the",
  ]);
});

test("more of a draft than is right asks for a second press, and says so before", async () => {
  show();
  await write("Bands stand out against snow.");
  await waitFor(() =>
    expect(forecast()?.textContent).toContain("Response: 100 % is the draft's. Submit asks twice."),
  );
  screen.getByText(/Most of this text is the draft's \(100 %; limit 50 %\)/);
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(finished).toHaveLength(0);
  expect(forecast()?.textContent).toContain("Submit again sends it as it is.");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(finished).toHaveLength(1);
  expect(finished[0]?.writing.response?.edits).toMatchObject([{ source: "draft", draft: 4, is_paste: true }]);
});

test("a change between the presses asks anew, and counts before typing pauses", async () => {
  show();
  await write("Bands stand out against snow.");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await userEvent.keyboard("!{Control>}{Enter}{/Control}");
  expect(finished).toHaveLength(0);
});

test("where copying is blocked nothing is sent: the text has the focus and the reason is said", async () => {
  show({ assistant: anAssistant({ copying: "block" }) });
  const field = await write("Bands stand out against snow.");
  (document.activeElement as HTMLElement).blur();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(finished).toHaveLength(0);
  expect(document.activeElement).toBe(field);
  await screen.findByText(/It cannot be sent like this/);
  expect(forecast()?.textContent).toContain("limit 50 %");
});

test("where copying is allowed nothing is said and one press sends", async () => {
  show({ assistant: anAssistant({ copying: "allow" }) });
  await write("Bands stand out against snow.");
  await screen.findByText("100 % of this text came from the draft");
  expect(screen.queryByText(/limit/)).toBeNull();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(finished).toHaveLength(1);
});

test("when all is written the foot says so", async () => {
  show();
  await write("All of it is mine.");
  expect(forecast()?.textContent).toContain("Ready: Response filled");
});

test("few characters left are counted", async () => {
  show();
  await write("x".repeat(50));
  screen.getByText("50 of 60 characters");
});

test("a project without an assistant records nothing and shows nothing of it", async () => {
  show({
    assistant: null,
    task: aTask(1),
    schema: { subject: [], questions: [aText({ name: "response", title: "Response" })] },
  });
  await write("All of it is mine.");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(finished[0]?.writing).toEqual({});
  expect(document.querySelector(".strip, .sheet, .words")).toBeNull();
});

test("the rubric reminds of what a good answer is, by the best grade of each criterion", async () => {
  const grades = [
    { name: "good", label: "Good", level: 3, definition: "Every claim can be verified." },
    { name: "bad", label: "Bad", level: 1, definition: "Something is invented." },
  ];
  const accuracy = {
    name: "accuracy",
    title: "Accuracy",
    weight: 1,
    grades,
    definition: "",
    allow_na: false,
    harshness: 3,
  };
  const rubric: Rubric = {
    name: "r",
    title: "R",
    threshold: 70,
    max_score: 100,
    criteria: [accuracy],
    errors: [],
    description: "",
    scored: true,
  } as never;
  show({ rubrics: [rubric] });
  const good = await screen.findByRole("region", { name: "A good answer" });
  expect(good.textContent).toContain("AccuracyEvery claim can be verified.");
  expect(good.textContent).toContain("Right and direct beats long.");
  expect(good.textContent).not.toContain("invented");
});
