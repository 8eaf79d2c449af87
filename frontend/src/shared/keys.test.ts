import { afterEach, beforeEach, expect, test } from "vitest";
import { type Command, Keymap } from "./keys";

let keymap: Keymap;
let heard: string[];
const listen = (event: KeyboardEvent) => keymap.handle(event);

beforeEach(() => {
  keymap = new Keymap();
  heard = [];
  window.addEventListener("keydown", listen);
});

afterEach(() => {
  window.removeEventListener("keydown", listen);
  document.body.replaceChildren();
});

function add(id: string, keys: string[], given: Partial<Command> = {}): () => void {
  return keymap.register({
    id,
    keys,
    label: id,
    scope: "page",
    run: (key) => heard.push(`${id} ${key}`),
    ...given,
  });
}

function press(key: string, given: KeyboardEventInit = {}, on: Element = document.body): void {
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...given }));
}

function field(html: string): Element {
  document.body.innerHTML = html;
  return document.body.firstElementChild as Element;
}

test("S and Shift+S are two keys; ? needs no Shift in its name", () => {
  add("skip", ["s"]);
  add("reject", ["Shift+S"]);
  add("sheet", ["?"]);
  press("s");
  press("S", { shiftKey: true });
  press("?", { shiftKey: true });
  expect(heard).toEqual(["skip s", "reject Shift+S", "sheet ?"]);
});

test("the command key counts as Ctrl", () => {
  add("submit", ["Ctrl+Enter"]);
  press("Enter", { metaKey: true });
  expect(heard).toEqual(["submit Ctrl+Enter"]);
});

test("no single key is heard while typing; one with Ctrl is, if it says so", () => {
  add("skip", ["s"]);
  add("submit", ["Ctrl+Enter", "Enter"], { inText: true });
  add("undo", ["Ctrl+z"]);
  for (const html of ["<textarea></textarea>", "<input>", '<input type="search">', "<select></select>"]) {
    press("s", {}, field(html));
    press("z", { ctrlKey: true }, field(html));
  }
  press("Enter", { ctrlKey: true }, field("<textarea></textarea>"));
  expect(heard).toEqual(["submit Ctrl+Enter"]);
});

test("a radio button is no text: keys go on working on it", () => {
  add("skip", ["s"]);
  press("s", {}, field('<input type="radio">'));
  expect(heard).toEqual(["skip s"]);
});

test("nothing is heard while a character is being composed", () => {
  add("skip", ["s"]);
  press("s", { isComposing: true });
  expect(heard).toEqual([]);
});

test("the nearer scope wins: form before page", () => {
  add("page", ["a"]);
  add("form", ["a"], { scope: "form" });
  press("a");
  expect(heard).toEqual(["form a"]);
});

test("a disabled command lets the next one have the key", () => {
  add("page", ["a"]);
  add("form", ["a"], { scope: "form", isEnabled: () => false });
  press("a");
  expect(heard).toEqual(["page a"]);
});

test("an open dialog hears only its own commands", () => {
  add("skip", ["s"]);
  add("copy", ["c"], { scope: "modal" });
  const close = keymap.openModal();
  press("s");
  press("c");
  close();
  press("s");
  expect(heard).toEqual(["copy c", "skip s"]);
});

test("Enter on a button belongs to the button", () => {
  add("submit", ["Enter"]);
  press("Enter", {}, field("<button>Skip</button>"));
  expect(heard).toEqual([]);
});

test("single keys can be switched off, keys with Ctrl and named keys stay", () => {
  add("skip", ["s"]);
  add("undo", ["Ctrl+z"]);
  add("submit", ["Enter"]);
  keymap.setPreferences({ bindings: {}, single_keys: false });
  press("s");
  press("z", { ctrlKey: true });
  press("Enter");
  expect(heard).toEqual(["undo Ctrl+z", "submit Enter"]);
});

test("a person's own binding replaces the key, and what is printed with it", () => {
  add("skip", ["s"]);
  keymap.setPreferences({ bindings: { skip: ["n"] }, single_keys: true });
  press("s");
  press("n");
  expect(heard).toEqual(["skip n"]);
  expect(keymap.keyOf("skip")).toBe("n");
});

test("the keys of options stay theirs", () => {
  add("option", ["1", "2"], { isFixed: true });
  keymap.setPreferences({ bindings: { option: ["n"] }, single_keys: true });
  press("2");
  expect(heard).toEqual(["option 2"]);
});

test("a key that another command of the scope holds is named as a conflict", () => {
  add("skip", ["s"]);
  add("flag", ["f"]);
  expect(keymap.conflict("skip", "F")?.id).toBe("flag");
  expect(keymap.conflict("skip", "g")).toBeNull();
});

test("a removed command is not heard", () => {
  const remove = add("skip", ["s"]);
  remove();
  press("s");
  expect(heard).toEqual([]);
});
