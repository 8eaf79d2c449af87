/** Writing beside a model: its words come in at the cursor, and nothing it does is in the way. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { AnnotatorSettings, SubjectField } from "../api/types";
import { aDraft, anAssistant, type Streaming, streaming } from "../assist/builders";
import { listenToKeys } from "../shared/keys";
import { aTask, aText } from "./builders";
import { EMPTY_FORM } from "./form";
import { type Finished, TaskView, type TaskViewProps } from "./TaskView";

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
const SUBJECT: SubjectField[] = [
  { name: "scene", title: "Scene", show: "text", hint: "", required: true },
  { name: "asked", title: "Asked", show: "text", hint: "", required: false },
];
const QUESTIONS = [aText({ name: "query", multiline: false }), aText({ name: "response", max_length: 2000 })];

let server: Streaming;
let stopKeys: () => void;
let finished: Finished[];
let told: boolean[];
let assignment = 500;

beforeAll(() => Promise.all([import("../assist/AssistBar"), import("../assist/Drafts")]));
beforeEach(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  server = streaming();
  stopKeys = listenToKeys();
  [finished, told] = [[], []];
  assignment += 1;
});
afterEach(() => {
  stopKeys();
  vi.unstubAllGlobals();
});

async function show(given: Partial<TaskViewProps> = {}) {
  const assist = { held_out: false, drafts: [] };
  const fields = { scene: "A lighthouse.", asked: "Why stripes?" };
  const item = { id: 1, external_id: "one", fields, language: null };
  const props: TaskViewProps = {
    task: aTask(assignment, { item, assist }),
    schema: { subject: SUBJECT, questions: QUESTIONS },
    settings: SETTINGS,
    sections: [],
    initial: EMPTY_FORM,
    previous: null,
    isGuidelineOpen: false,
    onGuideline: () => undefined,
    onSubmit: (done) => finished.push(done),
    onUndo: () => undefined,
    assistant: anAssistant(),
    slug: "sea",
    onGenerating: (isGenerating) => told.push(isGenerating),
    ...given,
  };
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TaskView {...props} />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(document.querySelector(".assist-bar")?.textContent).not.toBe(""));
}

const field = (name: string) => screen.getByRole<HTMLTextAreaElement>("textbox", { name });
const asked = () => server.asked.filter((each) => each.endsWith("/assist")).length;

test("a draft needs the query first, and the bar says so", async () => {
  await show();
  const button = screen.getByRole("button", { name: /^Generate/ });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  await userEvent.click(button);
  expect(screen.getByText("Write the query first, then a draft can be written.")).toBeTruthy();
  expect(asked()).toBe(0);
});

test("a draft comes in at the cursor, is undone as one step, and is sent with its source", async () => {
  await show({ assistant: anAssistant({ copying: "allow" }) });
  await userEvent.type(field("query"), "Why stripes?");
  await userEvent.keyboard("{Control>}g{/Control}");
  await waitFor(() => expect(asked()).toBe(1));
  expect(told).toEqual([true]);
  server.tell("started", { draft: 41, number: 1, model: "small", version: "v1" });
  server.tell("done", aDraft("By day it is known by its paint.", { id: 41, query: "Why stripes?" }));
  expect(await screen.findByRole("region", { name: "Draft 1, done" })).toBeTruthy();
  expect(told).toEqual([true, false]);

  await userEvent.type(field("response"), "First. Last.");
  field("response").setSelectionRange(6, 6);
  await userEvent.keyboard("{Control>}i{/Control}");
  expect(field("response").value).toBe("First. By day it is known by its paint. Last.");
  expect(field("response").selectionStart).toBe("First. By day it is known by its paint.".length);
  await userEvent.keyboard("{Escape}z");
  expect(field("response").value).toBe("First. Last.");
  await userEvent.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(finished).toHaveLength(1));
  const drafted = finished[0]?.writing.response?.edits.filter(({ source }) => source === "draft");
  expect(drafted?.[0]?.draft).toBe(41);
  expect(drafted?.[0]?.inserted.trim()).toBe("By day it is known by its paint.");
});

test("what is given is asked, and stands where the answer is written, not beside", async () => {
  await show({
    assistant: anAssistant({ query: "asked", query_is_field: true }),
    schema: { subject: SUBJECT, questions: QUESTIONS.slice(1) },
  });
  expect(within(screen.getByRole("main")).queryByText("Why stripes?")).toBeNull();
  expect(screen.getByText("Why stripes?")).toBeTruthy();
  await userEvent.keyboard("g");
  await waitFor(() => expect(server.bodies).toContainEqual({ query: "Why stripes?", answers: {} }));
});

test("an item held out says so, once, and asks nothing", async () => {
  const task = aTask(assignment, { assist: { held_out: true, drafts: [] } });
  await show({ task });
  expect(screen.getByText("This item is written without the assistant.")).toBeTruthy();
  await userEvent.type(field("query"), "Why?");
  await userEvent.keyboard("{Control>}g{/Control}");
  expect(server.asked).toEqual([]);
  expect(screen.queryByRole("complementary", { name: "Drafts" })).toBeNull();
});

test("trying the form writes no drafts, and says so", async () => {
  await show({ isTrial: true });
  expect(screen.getByText("The assistant writes no drafts while you try the form.")).toBeTruthy();
  expect(server.asked).toEqual([]);
});
