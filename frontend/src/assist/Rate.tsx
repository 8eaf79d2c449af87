/** Chips to rate suggestions, or a verdict of the judge: helpful, or what is wrong. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Complaint, TaskSuggestion } from "../api/types";
import "../locales/assist";
import { RatingChips } from "./RatingChips";
import { type Rated, useSaid } from "./ratings";

const OF_SUGGESTIONS: readonly Complaint[] = ["wrong"];
const OF_VERDICTS: readonly Complaint[] = ["wrong", "made_up"];

interface SuggestionsProps {
  assignment: number;
  suggestions: readonly TaskSuggestion[];
  /** Whether the person sees the item for the first time. */
  isNew: boolean;
}

/** All suggestions on screen as one. */
export function RateSuggestions({ assignment, suggestions, isNew }: SuggestionsProps) {
  const { t } = useTranslation();
  const things = useMemo(
    () => suggestions.map(({ id }): Rated => ({ rated: "suggestion", target: id, part: "" })),
    [suggestions],
  );
  const [said, say] = useSaid(assignment, things, isNew);
  return (
    <RatingChips
      label={t("assist.rating.of_suggestions")}
      said={said}
      complaints={OF_SUGGESTIONS}
      isQuiet
      onSay={say}
    />
  );
}

interface VerdictProps {
  assignment: number;
  rated: "verdict" | "check";
  /** The feedback or the check. */
  target: number;
  part: string;
  title: string;
}

export function RateVerdict({ assignment, rated, target, part, title }: VerdictProps) {
  const { t } = useTranslation();
  const things = useMemo((): Rated[] => [{ rated, target, part }], [rated, target, part]);
  const [said, say] = useSaid(assignment, things, rated === "check");
  return (
    <RatingChips
      label={t("assist.rating.of_verdict", { part: title })}
      said={said}
      complaints={OF_VERDICTS}
      isQuiet
      onSay={say}
    />
  );
}
