/** Feeds the clock of the item on screen with what the window hears. */
import { type RefObject, useEffect, useRef } from "react";
import type { HandlingTime } from "./handling_time";

const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll"] as const;
/** What ends waiting for a draft: a page scrolls by itself too, and a hand that lies on the mouse moves it. */
const ACTS: ReadonlySet<string> = new Set(["keydown", "pointerdown", "wheel"]);

/** How long without input counts as gone. */
const AT_WORK_MS = 60_000;

export function useHandlingTime(time: RefObject<HandlingTime | null>): () => boolean {
  const lastInput = useRef(0);
  useEffect(() => {
    const input = ({ type }: Event) => {
      lastInput.current = performance.now();
      if (ACTS.has(type)) time.current?.act(lastInput.current);
      else time.current?.input(lastInput.current);
    };
    const look = () => {
      const isAway = document.visibilityState === "hidden" || !document.hasFocus();
      if (isAway) time.current?.blur(performance.now());
      else time.current?.focus(performance.now());
    };
    for (const kind of INPUTS) window.addEventListener(kind, input, { capture: true, passive: true });
    window.addEventListener("blur", look);
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      for (const kind of INPUTS) window.removeEventListener(kind, input, { capture: true });
      window.removeEventListener("blur", look);
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [time]);
  return () => performance.now() - lastInput.current < AT_WORK_MS;
}

/** Start the clock with the next paint; an item painted behind another window starts blurred. */
export function startAfterPaint(time: HandlingTime): void {
  requestAnimationFrame(() => {
    const now = performance.now();
    time.show(now);
    if (!document.hasFocus()) time.blur(now);
  });
}
