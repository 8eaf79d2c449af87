import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test, vi } from "vitest";
import { align } from "../write/alignment";
import { aDraft } from "./builders";
import { DraftBox, type DraftBoxProps } from "./DraftBox";
import type { Said } from "./types";

const TEXT =
  "At night a lighthouse is known by the rhythm of its light. This tower was built in 1887 by a local family.";

beforeAll(() => import("react-markdown")); // it loads when it is first needed

function show(draft: DraftBoxProps["draft"], given: Partial<DraftBoxProps> = {}) {
  const inserted: string[] = [];
  const said: Said[] = [];
  const props: DraftBoxProps = {
    draft,
    since: null,
    delay: null,
    blocks: [],
    query: "",
    maxWords: null,
    modelName: "small",
    selected: null,
    isNext: true,
    onInsert: (text) => inserted.push(text),
    onStop: () => undefined,
    onRate: async (rating) => said.push(rating),
    ...given,
  };
  const { rerender } = render(<DraftBox {...props} />);
  return {
    inserted,
    said,
    change: (next: Partial<DraftBoxProps>) => rerender(<DraftBox {...props} {...next} />),
  };
}

const box = () => screen.getByRole("region");

test("while it is written it is busy, says so, and stops", async () => {
  const stop = vi.fn();
  show(aDraft("At night", { status: "generating", tokens: 2 }), { since: 0, onStop: stop, maxWords: 4 });
  expect(box().getAttribute("aria-busy")).toBe("true");
  expect(box().getAttribute("aria-label")).toBe("Draft 1, being written");
  expect(box().textContent).toContain("writing · 2 tokens");
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("50");
  expect(screen.queryByRole("button", { name: /Insert/ })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(stop).toHaveBeenCalledOnce();
});

test("a model that is loaded first is waited for in words", () => {
  const draft = aDraft("", { status: "generating" });
  show(draft, { since: 0, delay: "The model is being loaded" });
  expect(box().textContent).toContain("waiting for the model");
  expect(box().textContent).toContain("The model is being loaded");
});

test("all of it is inserted, or what is selected", async () => {
  const { inserted, change } = show(aDraft(TEXT));
  await userEvent.click(screen.getByRole("button", { name: "Insert all" }));
  change({ selected: "the rhythm" });
  await userEvent.click(screen.getByRole("button", { name: "Insert selected" }));
  expect(inserted).toEqual([TEXT, "the rhythm"]);
});

test("what stands in the response is marked and counted in sentences", () => {
  const draft = aDraft(TEXT);
  const response = "I think at night a lighthouse is known by the rhythm of its light, mostly.";
  show(draft, { blocks: align(response, [draft]).blocks });
  expect(box().textContent).toContain("1 of 2 sentences inserted");
  expect(
    screen.getByText("At night a lighthouse is known by the rhythm of its light.").closest("mark"),
  ).toBeTruthy();
  expect(screen.getByText(/This tower was built/).closest("mark")).toBeNull();
});

test("one sentence is inserted by keys", async () => {
  const { inserted } = show(aDraft(TEXT));
  await userEvent.click(screen.getByRole("button", { name: "By sentence" }));
  const sentence = screen.getByRole("button", { name: /^Insert: This tower/ });
  sentence.focus();
  await userEvent.keyboard("{Enter}");
  expect(inserted).toEqual(["This tower was built in 1887 by a local family."]);
});

test("what the model was unsure of is underlined and said, and that it is not calibrated", () => {
  const start = [..."😀 Red. "].length; // the server counts code points
  const text = "😀 Red. Built in 1887.";
  show(aDraft(text, { unsure: [{ start, end: start + 14, probability: 0.31 }] }));
  const doubts = within(box()).getByRole("list");
  expect(doubts.textContent).toBe("The model was unsure here, 31 %: Built in 1887. (not calibrated)");
  expect(box().querySelector(".plain .unsure")?.textContent).toBe("Built in 1887.");
});

test("not to know is an outcome: it is said, and nothing is offered to insert", () => {
  show(aDraft("I don't know.", { status: "abstained" }));
  expect(box().textContent).toContain("The model says that it does not know.");
  expect(screen.queryByRole("button", { name: /Insert/ })).toBeNull();
  expect(screen.getByRole("button", { name: "Helpful" })).toBeTruthy();
});

test("an end at the limit and another query are said", () => {
  show(aDraft(TEXT, { is_cut: true, query: "Why stripes?" }), { query: "Why red?" });
  expect(box().textContent).toContain("It ends at the limit of its length");
  expect(box().textContent).toContain("Written for another query: “Why stripes?”");
});

test("Markdown is formatted, markup is text, and one may see what would be inserted", async () => {
  const text =
    "Red is a **daymark**.\n\n<img src=x onerror=alert(1)> ![gone](/api/me) [here](https://example.org)";
  const { inserted } = show(aDraft(text));
  expect((await screen.findByText("daymark")).tagName).toBe("STRONG");
  expect(box().querySelector("img, a")).toBeNull();
  expect(box().textContent).toContain("<img src=x onerror=alert(1)>");
  await userEvent.click(screen.getByRole("button", { name: "As inserted" }));
  expect(box().querySelector(".plain")?.textContent).toBe(text);
  await userEvent.click(screen.getByRole("button", { name: "Insert all" }));
  expect(inserted).toEqual([text]);
});

test("formatted text is marked where its words stand in the response", async () => {
  const draft = aDraft("- by day it is a **painted pattern** for sailors\n- nothing else");
  show(draft, { blocks: align("By day it is a painted pattern for sailors", [draft]).blocks });
  expect((await screen.findByText("painted pattern")).tagName).toBe("MARK");
  expect(screen.getByText("nothing else").closest("mark")).toBeNull();
});

test("a complaint is taken back by a second press, and may be explained", async () => {
  const { said, change } = show(aDraft(TEXT));
  await userEvent.click(screen.getByRole("button", { name: "Made up" }));
  expect(said.at(-1)).toEqual({ thumb: "down", complaints: ["made_up"], note: "" });

  change({ draft: aDraft(TEXT, { rating: { thumb: "down", complaints: ["made_up"], note: "" } }) });
  expect(screen.getByRole("button", { name: "Made up" }).getAttribute("aria-pressed")).toBe("true");
  await userEvent.type(screen.getByLabelText(/What was wrong/), "No date is known.{Enter}");
  expect(said.at(-1)).toEqual({ thumb: "down", complaints: ["made_up"], note: "No date is known." });
  await userEvent.click(screen.getByRole("button", { name: "Wrong" }));
  expect(said.at(-1)?.complaints).toEqual(["made_up", "wrong"]);
  await userEvent.click(screen.getByRole("button", { name: "Made up" }));
  expect(said.at(-1)).toBeNull();
});

test("helpful takes complaints away", async () => {
  const { said } = show(aDraft(TEXT, { rating: { thumb: "down", complaints: ["wrong"], note: "x" } }));
  await userEvent.click(screen.getByRole("button", { name: "Helpful" }));
  expect(said).toEqual([{ thumb: "up", complaints: [], note: "" }]);
});
