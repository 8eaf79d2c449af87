/** Writes into a field as keys would, so that the browser's own undo takes it back and the cursor stands right. */
import { changeIn } from "./edits";

let isPutting = false;

/** Whether what the browser tells of an input comes from here. */
export function isPut(): boolean {
  return isPutting;
}

/** Makes the field hold `after`; false where the browser cannot: then whoever asked sets the value. */
export function putText(field: HTMLTextAreaElement | HTMLInputElement, after: string): boolean {
  const change = changeIn(field.value, after);
  if (change === null) return true;
  if (typeof document.execCommand !== "function") return false;
  const words = after.slice(change.start, change.end + after.length - field.value.length);
  const focused = document.activeElement;
  field.focus({ preventScroll: true });
  field.setSelectionRange(change.start, change.end);
  isPutting = true;
  try {
    document.execCommand(words === "" ? "delete" : "insertText", false, words);
  } finally {
    isPutting = false;
    if (focused instanceof HTMLElement && focused !== document.body) focused.focus({ preventScroll: true });
  }
  return field.value === after;
}
