import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aChoice, aText } from "../annotate/builders";
import type { SubjectField } from "../api/types";
import "../locales/review";
import { listenToKeys } from "../shared/keys";
import { aCriterion, anError, anOpinion, aReview, aRubric, aVerdict } from "./builders";
import { type Reviewed, ReviewView, type ReviewViewProps } from "./ReviewView";
import { reviewFormOf } from "./review_form";
import type { Finding, ReviewTask } from "./types";

const SUBJECT: SubjectField[] = [{ name: "text", title: "Comment", show: "text", hint: "", required: true }];
const QUESTIONS = [aChoice(["yes", "no"], { name: "civil" }), aText({ name: "reason" })];
const RUBRIC = aRubric({
  criteria: [aCriterion("follows", 0.5), aCriterion("complete", 0.5, { allow_na: true })],
  errors: [anError("claim", 4)],
});
const OPINION = anOpinion([
  aVerdict("follows", { grade: "g3", confidence: 0.94, explanation: "All was done." }),
  aVerdict("complete", { grade: "g3", contradicts: "g2" }),
  aVerdict("claim", { status: "failed", reason: "timed out" }),
]);

let stop: () => void;
let stored: Reviewed[];
let revealed: Finding[][];
let undone: number;

beforeEach(() => {
  HTMLElement.prototype.scrollIntoView = () => undefined;
  stop = listenToKeys();
  [stored, revealed, undone] = [[], [], 0];
});

afterEach(() => stop());

function show(task: Partial<ReviewTask> = {}, given: Partial<ReviewViewProps> = {}) {
  function Shown() {
    const [isOpen, open] = useState(false);
    const review = aReview({ rubrics: [RUBRIC], ...task });
    return (
      <ReviewView
        task={review}
        schema={{ subject: SUBJECT, questions: QUESTIONS }}
        sections={[]}
        initial={reviewFormOf(review.own)}
        isBegun={false}
        isBusy={false}
        isGuidelineOpen={isOpen}
        onGuideline={open}
        onStart={() => undefined}
        onChange={() => undefined}
        onReveal={async (findings) => {
          revealed.push(findings);
          return OPINION;
        }}
        onStore={(reviewed) => stored.push(reviewed)}
        onUndo={() => {
          undone += 1;
        }}
        onList={() => undefined}
        {...given}
      />
    );
  }
  render(<Shown />);
}

const press = (keys: string) => userEvent.keyboard(keys);
const status = () => document.querySelector(".status")?.textContent;

test("a review is done by keys alone: start, grade, explain, count, store", async () => {
  show();
  await press("{Enter}3j2e");
  await press("a part is missing");
  await press("{Escape}j+{Enter}");
  expect(stored).toEqual([
    {
      findings: [
        { part: "follows", grade: "g3", count: null, explanation: "" },
        { part: "complete", grade: "g2", count: null, explanation: "a part is missing" },
        { part: "claim", grade: null, count: 1, explanation: "" },
      ],
      agreements: {},
      note: "",
      status: "redo",
    },
  ]);
});

test("nothing is graded before the start", async () => {
  show();
  await press("3");
  expect(screen.queryByRole("radio")).toBeNull();
  await press("{Enter}");
  expect(screen.getAllByRole<HTMLInputElement>("radio").some(({ checked }) => checked)).toBe(false);
});

test("score, formula and status follow every grade", async () => {
  show();
  await press("{Enter}3");
  expect(screen.getByText("50 × 3/3 + 50 × ?/3")).toBeTruthy();
  expect(status()).toBe("Open");
  await press("j3");
  expect(status()).toBe("PASSED");
  expect(screen.getByText("20.0 above the threshold of 80")).toBeTruthy();
  await press("j5");
  expect(screen.getByText("Exactly at the threshold of 80: that passes")).toBeTruthy();
  await press("6");
  expect(screen.getByText("50 × 3/3 + 50 × 3/3 − 4 × 6")).toBeTruthy();
  expect(status()).toBe("REDO");
});

test("N leaves a criterion out where that is allowed, and its weight goes to the others", async () => {
  show();
  await press("{Enter}nj");
  expect(screen.getAllByRole<HTMLInputElement>("radio").some(({ checked }) => checked)).toBe(false);
  await press("nk3");
  expect(screen.getByText("100 × 3/3")).toBeTruthy();
});

test("the judge is not there until the own grades are confirmed, and then agreement is by the grade", async () => {
  show({ judge_waits: true });
  await press("{Enter}3j2");
  expect(document.body.textContent).not.toContain("All was done.");
  await press("{Enter}");
  expect(await screen.findByText("All was done.")).toBeTruthy();
  expect(revealed[0]?.map(({ grade }) => grade)).toEqual(["g3", "g2", null]);
  expect(screen.getByText("Contradicts itself: its explanation speaks for Minimum")).toBeTruthy();
  expect(screen.getByText("No verdict: the judge did not answer (timed out)")).toBeTruthy();
  await press("e");
  await press("misses a part");
  await press("{Control>}{Enter}{/Control}");
  expect(stored[0]?.agreements).toEqual({ follows: "agree", complete: "disagree" });
});

test("A takes the judge's grade over, X brings the own one back", async () => {
  show({ judge_waits: true });
  await press("{Enter}3j2{Enter}");
  await screen.findByText("All was done.");
  const checked = () =>
    screen
      .getAllByRole<HTMLInputElement>("radio")
      .filter((one) => one.checked)
      .at(-1)?.value;
  await press("a");
  expect(checked()).toBe("g3");
  await press("x");
  expect(checked()).toBe("g2");
});

test("nobody is sent back without a word: Enter asks for the reason first", async () => {
  show();
  await press("{Enter}1j1");
  expect(screen.getByText("Say why it is sent back: follows")).toBeTruthy();
  await press("{Enter}");
  expect(stored).toEqual([]);
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Explanation, follows");
});

test("that a REDO is the last one is said before it is given, and on the button", async () => {
  show({ last_chance: true, round: 2 });
  expect(screen.getByText(/A REDO now withdraws it and gives the item to somebody else/)).toBeTruthy();
  await press("{Enter}1j1e");
  await press("wrong");
  await press("{Escape}");
  expect(screen.getByRole("button", { name: /Reject for good/ })).toBeTruthy();
});

test("a calibration answer is stored, neither passed nor sent back", async () => {
  show({ is_calibration: true });
  await press("{Enter}3j3");
  expect(screen.getByRole("button", { name: /^Store/ })).toBeTruthy();
  expect(screen.getByText("Decides nothing: it is compared with the other reviewers")).toBeTruthy();
});

test("Z undoes the form step by step, then the last review", async () => {
  show();
  await press("{Enter}3j3z");
  expect(status()).toBe("Open");
  await press("zz");
  expect(undone).toBe(1);
});

test("an answer that came again shows what was changed, and what it was sent back for", async () => {
  show({
    revision: 2,
    round: 1,
    answers: {
      civil: { kind: "choice", value: "no", confidence: null },
      reason: { kind: "text", value: "Because it is rude.", confidence: null },
    },
    previous: {
      revision: 1,
      answers: {
        civil: { kind: "choice", value: "yes", confidence: null },
        reason: { kind: "text", value: "Because it is short.", confidence: null },
      },
      feedback: [],
    },
  });
  const answer = screen.getByRole("region", { name: "reason" });
  expect(within(answer).getByText("rude", { selector: "ins" })).toBeTruthy();
  expect(within(answer).getByText("short", { selector: "del" })).toBeTruthy();
  expect(screen.getByText("no longer chosen")).toBeTruthy();
  await press("d");
  expect(document.querySelector("ins")).toBeNull();
});

test("who is asked about one part sees one row and is scored by it", async () => {
  show({ only: ["complete"] });
  await press("{Enter}3");
  expect(screen.getAllByRole("radiogroup")).toHaveLength(1);
  expect(screen.getByText("100 × 3/3")).toBeTruthy();
});

test("a stored review opens with its grades, begun", async () => {
  show(
    { own: { findings: [{ part: "follows", grade: "g3", count: null, explanation: "fine" }], note: "kept" } },
    { isBegun: true },
  );
  expect(screen.getByDisplayValue("fine")).toBeTruthy();
  expect(screen.getByDisplayValue("kept")).toBeTruthy();
});
