/** What the person has selected in one of the drafts; null where the selection is empty or reaches further. */
import { useSyncExternalStore } from "react";

export interface Selected {
  draft: number;
  text: string;
}

let last: Selected | null = null;

export function useSelected(): Selected | null {
  return useSyncExternalStore(listen, now);
}

function listen(listener: () => void): () => void {
  document.addEventListener("selectionchange", listener);
  return () => document.removeEventListener("selectionchange", listener);
}

/** The same object while it is the same passage. */
function now(): Selected | null {
  const selection = document.getSelection();
  const [one, other] = [draftOf(selection?.anchorNode), draftOf(selection?.focusNode)];
  const text = one !== null && one === other ? (selection?.toString().trim() ?? "") : "";
  if (one === null || text === "") last = null;
  else if (last?.draft !== one || last.text !== text) last = { draft: one, text };
  return last;
}

function draftOf(node: globalThis.Node | null | undefined): number | null {
  const within = node instanceof Element ? node : node?.parentElement;
  const id = within?.closest<HTMLElement>("[data-draft-text]")?.dataset.draftText;
  return id === undefined ? null : Number(id);
}
