import { render } from "@testing-library/react";
import { useLayoutEffect } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listenToKeys, useCommands } from "./keys";

let stop: () => void;
let heard: string[];

beforeEach(() => {
  stop = listenToKeys();
  heard = [];
});

afterEach(() => stop());

function press(key: string): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

/** Presses a key when its screen stands in the document and nothing of it has been painted yet. */
function Screen({ keys }: { keys: string[] }) {
  useCommands([
    { id: "option", keys, label: "option", scope: "form", run: (key: string) => heard.push(key) },
  ]);
  useLayoutEffect(() => {
    for (const key of keys) press(key);
  }, [keys]);
  return null;
}

test("a key is heard from the first paint of the screen it belongs to", () => {
  render(<Screen keys={["1"]} />);
  expect(heard).toEqual(["1"]);
});

test("a key that comes with the next question is heard from its first paint, the old one no more", () => {
  const { rerender } = render(<Screen keys={["1"]} />);
  rerender(<Screen keys={["2"]} />);
  press("1");
  expect(heard).toEqual(["1", "2"]);
});
