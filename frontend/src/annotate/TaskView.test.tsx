import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AnnotatorSettings, AnnotatorTask, SubjectField } from "../api/types";
import { listenToKeys } from "../shared/keys";
import { aChoice, aChoices, aSuggestion, aTask, aText } from "./builders";
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

const SUBJECT: SubjectField[] = [{ name: "text", title: "Comment", show: "text", hint: "", required: true }];
const QUESTIONS = [
  aChoice(["fully", "somewhat"]),
  aChoices(["useful", "funny", "none"]),
  aChoice(["yes", "no"], { name: "civil" }),
  aText({ name: "why", shown_if: { question: "civil", any_of: ["no"] } }),
];

const SUGGESTIONS = [
  aSuggestion("relevance", { distribution: { fully: 0.9 }, preselected: ["fully"] }),
  aSuggestion("traits", { distribution: { useful: 0.8, funny: 0.6 }, preselected: ["useful", "funny"] }),
];

let stop: () => void;
let finished: Finished[];
let undone: number;

beforeEach(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  stop = listenToKeys();
  finished = [];
  undone = 0;
});

afterEach(() => stop());

function propsOf(given: Partial<TaskViewProps> = {}, task: Partial<AnnotatorTask> = {}): TaskViewProps {
  return {
    task: aTask(1, { suggestions: SUGGESTIONS, ...task }),
    schema: { subject: SUBJECT, questions: QUESTIONS },
    settings: SETTINGS,
    sections: [],
    initial: EMPTY_FORM,
    previous: null,
    isGuidelineOpen: false,
    onGuideline: () => undefined,
    onSubmit: (done) => finished.push(done),
    onUndo: () => {
      undone += 1;
    },
    ...given,
  };
}

function show(given: Partial<TaskViewProps> = {}, task: Partial<AnnotatorTask> = {}) {
  render(<TaskView {...propsOf(given, task)} />);
}

function values(): Record<string, unknown> {
  const answers = finished.at(-1)?.answers ?? {};
  return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, answer.value]));
}

test("an item is done by keys alone: accept, correct, answer, submit", async () => {
  show();
  await userEvent.keyboard("a2jy{Enter}");
  expect(values()).toEqual({ relevance: "fully", traits: ["useful", "funny"], civil: "yes" });
  await userEvent.keyboard("k2{Enter}");
  expect(values()).toEqual({ relevance: "fully", traits: ["useful"], civil: "yes" });
});

test("the foot says what Enter will do, and Enter does it", async () => {
  show();
  expect(screen.getByText("Still open: civil")).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(finished).toEqual([]);
  await userEvent.keyboard("y");
  expect(screen.getByText("Enter confirms 3 suggestions and submits")).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(finished[0]?.shown.map(({ preselected }) => preselected)).toEqual([["fully"], ["useful", "funny"]]);
});

test("a project may ask for two presses: the first confirms, the second submits", async () => {
  show({ settings: { ...SETTINGS, confirm_presses: 2 } });
  await userEvent.keyboard("jjy{Enter}");
  expect(finished).toEqual([]);
  await userEvent.keyboard("{Enter}");
  expect(values()).toMatchObject({ relevance: "fully" });
});

test("n brings up the question that depends on it, and typing there is typing", async () => {
  show();
  await userEvent.keyboard("jjn");
  await userEvent.keyboard("sz=");
  expect(screen.getByRole<HTMLTextAreaElement>("textbox").value).toBe("sz=");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect(values()).toMatchObject({ civil: "no", why: "sz=" });
});

test("Z undoes the form step by step, then goes on to the last submit; Shift+Z brings back", async () => {
  show();
  await userEvent.keyboard("2xz");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /somewhat/ }).checked).toBe(true);
  await userEvent.keyboard("z{Shift>}Z{/Shift}");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /somewhat/ }).checked).toBe(true);
  await userEvent.keyboard("zz");
  expect(undone).toBe(1);
});

test("= repeats the answers to the item before", async () => {
  show({ previous: { civil: { kind: "choice", value: "yes", confidence: null } } });
  await userEvent.keyboard("={Enter}");
  expect(values()).toMatchObject({ civil: "yes" });
});

test("suggestions on request appear by H and count as shown from then on", async () => {
  show(
    { onReveal: async () => SUGGESTIONS },
    { suggestions: [], reveal: { policy: "on_request", held_out: false } },
  );
  expect(document.querySelector(".bar")).toBeNull();
  await userEvent.keyboard("h");
  expect(await screen.findAllByText("Model")).toHaveLength(3);
  await userEvent.keyboard("jjy{Enter}");
  expect(finished[0]?.shown.every(({ revealed_at }) => revealed_at !== null)).toBe(true);
});

test("after the own choice the model's is shown for that question, and preselects nothing", async () => {
  show(
    { onReveal: async () => SUGGESTIONS },
    { suggestions: [], reveal: { policy: "after_choice", held_out: false } },
  );
  await userEvent.keyboard("2");
  expect(await screen.findByText("90 %")).toBeTruthy();
  expect(screen.queryByText("80 %")).toBeNull();
  await userEvent.keyboard("j1jy{Enter}");
  expect(values()).toEqual({ relevance: "somewhat", traits: ["useful"], civil: "yes" });
  expect(finished[0]?.shown.flatMap(({ preselected }) => preselected)).toEqual([]);
});

test("an item held out of suggestions offers none", () => {
  show({}, { suggestions: [], reveal: { policy: "on_request", held_out: true } });
  expect(screen.queryByRole("button", { name: /Show/ })).toBeNull();
});

test("the passages the model points to are marked in the question in focus only", async () => {
  const evidence = [{ option: "funny", field: "text", quote: "Text", start: 0, end: 4 }];
  const explained = { ...SUGGESTIONS[1], explanation: { text: "Points to it.", evidence } };
  show({}, { suggestions: [SUGGESTIONS[0], explained] as typeof SUGGESTIONS });
  expect(document.querySelector("mark")).toBeNull();
  await userEvent.keyboard("j");
  expect(document.querySelector("mark")?.textContent).toContain("Text2");
});

test("a change is told of before it is painted: nobody reads that all is saved beside a new answer", () => {
  const said: string[] = [];
  function Watched() {
    const [state, setState] = useState("saved");
    useLayoutEffect(() => {
      said.push(state);
    }, [state]);
    return <TaskView {...propsOf({ onChange: () => setState("saving") })} />;
  }
  render(<Watched />);
  pressAsInBrowser("2");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /somewhat/ }).checked).toBe(true);
  expect(said).toEqual(["saved", "saving"]);
});

test("the key after y belongs to the next question, however fast it comes", () => {
  const questions = [aChoice(["yes", "no"], { name: "civil" }), aChoice(["fully", "somewhat"])];
  show({ schema: { subject: SUBJECT, questions } }, { suggestions: [] });
  pressAsInBrowser("y");
  pressAsInBrowser("2");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /yes/ }).checked).toBe(true);
  expect(screen.getByRole<HTMLInputElement>("radio", { name: /somewhat/ }).checked).toBe(true);
});

/** A key press as a browser sees it: what it changes is painted, and nothing waits for later effects. */
function pressAsInBrowser(key: string): void {
  const environment = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
  environment.IS_REACT_ACT_ENVIRONMENT = false;
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  flushSync(() => document.body.dispatchEvent(event));
  environment.IS_REACT_ACT_ENVIRONMENT = true;
}
