/** Whether list and detail have a screen each. */
import { useSyncExternalStore } from "react";

const query = window.matchMedia?.("(max-width: 900px)");

export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      query?.addEventListener("change", listener);
      return () => query?.removeEventListener("change", listener);
    },
    () => query?.matches ?? false,
  );
}
