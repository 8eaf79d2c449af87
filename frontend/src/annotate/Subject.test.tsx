import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { FieldValue, SubjectField } from "../api/types";
import { Keymap } from "../shared/keys";
import { Subject } from "./Subject";

function show(kind: SubjectField["show"], value: FieldValue) {
  const field = { name: "field", title: "What they said", show: kind, hint: "", required: true };
  const item = { id: 1, external_id: "1", fields: { field: value }, language: null };
  render(<Subject subject={[field]} item={item} evidence={[]} question={undefined} />);
}

test("a conversation is a list of turns with who speaks, as plain text", () => {
  show("chat", [
    { role: "user", content: "It <b>broke</b>." },
    { role: "night shift", content: "לא שוב" },
  ]);
  const turns = within(screen.getByRole("list", { name: "What they said" })).getAllByRole("listitem");
  expect(turns.map(({ textContent }) => textContent)).toEqual(["userIt <b>broke</b>.", "night shiftלא שוב"]);
  expect(screen.getByText("לא שוב").getAttribute("dir")).toBe("auto");
});

test("a video is played with the browser's controls and loads only its beginning", () => {
  show("video", "/api/projects/1/media/a.mp4");
  const video = screen.getByLabelText("What they said");
  expect([video.tagName, video.getAttribute("preload"), video.hasAttribute("controls")]).toEqual([
    "VIDEO",
    "metadata",
    true,
  ]);
});

test("what is no address of a video is not loaded", () => {
  show("video", "javascript:alert(1)");
  expect(screen.queryByLabelText("What they said")).toBeNull();
});

test("Space belongs to the video it is pressed on, other keys to the form", async () => {
  show("video", "/api/projects/1/media/a.mp4");
  const pressed: string[] = [];
  const keymap = new Keymap();
  const run = (key: string) => pressed.push(key);
  keymap.register({ id: "choose", keys: [" ", "a"], label: "", scope: "form", run });
  const video = screen.getByLabelText("What they said");
  video.tabIndex = 0;
  video.focus();
  video.addEventListener("keydown", (event) => keymap.handle(event));
  await userEvent.keyboard(" a");
  expect(pressed).toEqual(["a"]);
});
