import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aTask, aText } from "../annotate/builders";
import type { Answers } from "../api/types";
import { aCriterion, aRubric, aVerdict } from "../review/builders";
import Beside from "./Beside";
import { aFeedback, aFinding } from "./builders";

const RUBRIC = aRubric({ criteria: [aCriterion("tone", 1, { title: "Tone" })], threshold: 80 });
const QUESTIONS = [aText({ title: "Reason" })];
const said = (value: string): Answers => ({ reason: { kind: "text", value, confidence: null } });

let events: ReadableStreamDefaultController<Uint8Array>;
let asked: string[];
beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    if (!request.url.endsWith("/check")) return Response.json({});
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        events = controller;
      },
    });
    request.signal.addEventListener("abort", () => events.error(new DOMException("", "AbortError")));
    return new Response(body, { status: 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

function tell(event: string, data: unknown) {
  events.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
}

async function check(answers: Answers) {
  const shown = (now: Answers) => (
    <Beside
      task={aTask(7)}
      questions={QUESTIONS}
      answers={now}
      rubrics={[RUBRIC]}
      asked={1}
      onCloseCheck={() => undefined}
    />
  );
  const { rerender } = render(shown(answers));
  await vi.waitFor(() => expect(asked).toContain("POST /api/assignments/7/check"));
  return (now: Answers) => rerender(shown(now));
}

test("verdicts come one by one, the end says the score and how good the judge is", async () => {
  const change = await check(said("Because."));
  const list = screen.getByRole("list");
  expect(list.getAttribute("aria-busy")).toBe("true");
  expect(screen.getByRole("status").textContent).toBe("The judge reads your answer.");
  expect(screen.getByText("Advice only: you decide, and you can submit at any time.")).toBeTruthy();

  tell("started", { check: 3 });
  tell("verdict", aVerdict("tone", { grade: "g2", confidence: 0.81, explanation: "Somewhat curt." }));
  expect(await screen.findByText("Somewhat curt.")).toBeTruthy();
  expect(list.textContent).toContain("Minimum, 81 %");
  expect(asked).toContain("POST /api/checks/3/shown");

  const score = { raw: 66.7, shown: 66.7, status: "redo", parts: {}, not_applicable: [], left_out: [] };
  tell("done", {
    check: 3,
    scores: [{ rubric: "answers", score, reason: null }],
    status: "redo",
    card: { n: 40, recall: 0.8, precision: 0.7, kappa: 0.5 },
  });
  expect(await screen.findByText("The judge has read it all.")).toBeTruthy();
  expect(list.getAttribute("aria-busy")).toBe("false");
  expect(screen.getByRole("region").textContent).toContain("It would score 66.7; 80 passes.");
  expect(screen.getByRole("region").textContent).toContain("finds 80 % of what people send back");

  change(said("Because, with care."));
  expect(screen.getByRole("region").textContent).toContain("You changed the answer since");
});

test("a judge that is down is said quietly, and one can submit without it", async () => {
  await check(said("Because."));
  tell("problem", { reason: "timed out" });
  expect(await screen.findByText("The judge is unavailable, submit without it. timed out")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a check can be stopped, what came stays", async () => {
  await check(said("Because."));
  tell("verdict", aVerdict("tone", { grade: "g3" }));
  expect(await screen.findByText("Good")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(screen.getByRole("status").textContent).toBe("Stopped.");
  expect(screen.getByRole("list").textContent).toContain("Good");
  expect(screen.getByRole("button", { name: "Check again" })).toBeTruthy();
});

test("beside an answer that came back stand what was found, and what was changed since", () => {
  const redo = {
    round: 1,
    rounds: 2,
    until: null,
    feedback: [
      aFeedback({
        status: "redo",
        findings: [{ ...aFinding("tone", "g1"), explanation: "Much too curt." }],
      }),
    ],
    answers: said("Because."),
    rubrics: [RUBRIC],
  };
  const shown = (now: Answers) => (
    <Beside
      task={aTask(7, { redo })}
      questions={QUESTIONS}
      answers={now}
      rubrics={[]}
      asked={0}
      onCloseCheck={() => undefined}
    />
  );
  const { rerender } = render(shown(said("Because.")));
  const why = screen.getByRole("region", { name: "Why it came back" });
  expect(why.textContent).toContain("Redo, round 1 of 2");
  expect(within(why).getByRole("region", { name: "Tone" }).textContent).toContain("Much too curt.");
  expect(screen.getByText("Nothing yet: the form holds what you sent.")).toBeTruthy();
  rerender(shown(said("Because it rained.")));
  const changes = screen.getByRole("region", { name: "What you changed" });
  expect(within(changes).getByRole("insertion").textContent).toContain("it rained");
});
