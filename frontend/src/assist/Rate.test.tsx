import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aSuggestion } from "../annotate/builders";
import { type Streaming, streaming } from "./builders";
import { RateSuggestions, RateVerdict } from "./Rate";

let server: Streaming;
let assignment = 900;
beforeEach(() => {
  server = streaming();
  assignment += 1;
});
afterEach(() => vi.unstubAllGlobals());

const pressed = (name: string) => screen.getByRole("button", { name }).getAttribute("aria-pressed");
const down = { thumb: "down", complaints: ["wrong"], note: "" };

test("suggestions are rated as one, and nothing is asked for of an item that is new", async () => {
  const suggestions = [aSuggestion("relevance", { id: 3 }), aSuggestion("civil", { id: 4 })];
  render(<RateSuggestions assignment={assignment} suggestions={suggestions} isNew />);
  expect(server.asked).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Wrong" }));
  expect(pressed("Wrong")).toBe("true");
  await waitFor(() => expect(server.bodies).toHaveLength(2));
  expect(server.bodies).toEqual([
    { rated: "suggestion", target: 3, part: "", ...down },
    { rated: "suggestion", target: 4, part: "", ...down },
  ]);
});

test("a verdict shows what was said of it before, and forgets it with a second press", async () => {
  const ratings = [{ rated: "verdict", target: 8, part: "tone", rating: down }];
  server.replies = () => Response.json({ ratings });
  render(<RateVerdict assignment={assignment} rated="verdict" target={8} part="tone" title="Tone" />);
  expect(screen.getByRole("group").getAttribute("aria-label")).toContain("Tone");
  await waitFor(() => expect(pressed("Wrong")).toBe("true"));
  await userEvent.click(screen.getByRole("button", { name: "Wrong" }));
  expect(pressed("Wrong")).toBe("false");
  await waitFor(() =>
    expect(server.bodies.at(-1)).toMatchObject({ rated: "verdict", part: "tone", thumb: null }),
  );
});

test("a rating that cannot be stored is taken back from the screen", async () => {
  render(<RateVerdict assignment={assignment} rated="check" target={5} part="tone" title="Tone" />);
  server.replies = () => Response.json({ detail: "no" }, { status: 500 });
  await userEvent.click(screen.getByRole("button", { name: "Helpful" }));
  await waitFor(() => expect(pressed("Helpful")).toBe("false"));
  expect(server.asked).toEqual([`PUT /api/assignments/${assignment}/ratings`]);
});
