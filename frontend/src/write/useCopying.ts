/** A text with more of a draft than is right: it is held back, or a second press sends it. */
import { useCallback, useState } from "react";
import type { Question } from "../api/types";
import type { Copied } from "./copied";
import type { Provenance } from "./useProvenance";

export function useCopying(
  { copied, copiedNow }: Pick<Provenance, "copied" | "copiedNow">,
  asked: readonly Question[],
  texts: Readonly<Record<string, string>>,
) {
  const [accepted, accept] = useState<string | null>(null);
  const isAsked = useCallback(
    (found: Copied | null) => asked.some(({ name }) => name === found?.question),
    [asked],
  );
  const shown = isAsked(copied) ? copied : null;
  const hold = useCallback((): Copied | null => {
    const found = copiedNow();
    if (found === null || !isAsked(found)) return null;
    if (!found.isBlocked && accepted === texts[found.question]) return null;
    accept(texts[found.question] ?? null);
    return found;
  }, [copiedNow, isAsked, accepted, texts]);
  return {
    copied: shown,
    /** The next press sends the text as it is. */
    isAccepted: shown !== null && accepted === texts[shown.question],
    /** What holds the text back at this press; null when it may go. */
    hold,
  };
}
