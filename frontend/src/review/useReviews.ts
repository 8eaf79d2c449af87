/** The reviewer's queue: the answer on screen, how much there is, and why there is nothing. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../shared/ErrorNote";
import { showToast } from "../shared/toast";
import { nextReview } from "./reviews";
import type { NextReview } from "./types";

interface State extends Partial<NextReview> {
  error: unknown;
  /** Counts what was shown, so that the same answer can come again. */
  visit: number;
}

export function useReviews(slug: string, wanted: number | undefined) {
  const { t } = useTranslation();
  const [state, setState] = useState<State>({ error: null, visit: 0 });
  const newest = useRef(0);
  const hasReview = useRef(false);
  hasReview.current = state.review != null;
  const load = useCallback(
    async (assignment?: number): Promise<NextReview | null> => {
      newest.current += 1;
      const asked = newest.current;
      try {
        const found = await nextReview(slug, assignment);
        if (asked === newest.current) setState(({ visit }) => ({ ...found, error: null, visit: visit + 1 }));
        return found;
      } catch (error) {
        if (asked !== newest.current) return null;
        // What is on screen stays when another one does not open.
        if (assignment !== undefined && hasReview.current)
          showToast(errorText(error, t("common.no_connection")));
        else setState(({ visit }) => ({ error, visit: visit + 1 }));
        return null;
      }
    },
    [slug, t],
  );
  const first = useRef(wanted);
  useEffect(() => {
    void load(first.current);
  }, [load]);
  return {
    task: state.review ?? null,
    queue: state.queue ?? null,
    empty: state.empty ?? null,
    error: state.error,
    visit: state.visit,
    next: () => load(),
    open: (assignment: number) => load(assignment),
  };
}
