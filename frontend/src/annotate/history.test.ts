import { expect, test } from "vitest";
import { redo, settle, startHistory, step, undo } from "./history";

test("undo and redo walk the steps", () => {
  const history = step(step(startHistory("a"), "b"), "c");
  const once = undo(history);
  expect(once?.present).toBe("b");
  expect(undo(once ?? history)?.present).toBe("a");
  expect(redo(once ?? history)?.present).toBe("c");
});

test("nothing to undo is said, so that undo can go on to the last submit", () => {
  expect(undo(startHistory("a"))).toBeNull();
  expect(redo(startHistory("a"))).toBeNull();
});

test("a text typed in one go is one step, and a new go is another", () => {
  const typed = step(step(startHistory(""), "h", "reason"), "hi", "reason");
  expect(undo(typed)?.present).toBe("");
  const again = step(settle(typed), "hi!", "reason");
  expect(undo(again)?.present).toBe("hi");
});

test("a new step after undo forgets what was undone", () => {
  const back = undo(step(startHistory("a"), "b"));
  expect(back && redo(step(back, "c"))).toBeNull();
});
