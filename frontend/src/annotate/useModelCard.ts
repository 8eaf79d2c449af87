/** The card of the models on screen: it comes up by itself until the person has closed it once. */
import { useState } from "react";
import { currentMe, savePreferences } from "../api/session";
import type { TaskSuggestion } from "../api/types";
import { modelKey, modelsOf } from "./Source";

export function useModelCard(atFirst: readonly TaskSuggestion[], shown: readonly TaskSuggestion[]) {
  const [isOpen, setOpen] = useState(() => isUnseen(atFirst));
  return {
    isOpen: isOpen && shown.length > 0,
    open: () => setOpen(true),
    close: () => {
      markSeen(shown);
      setOpen(false);
    },
  };
}

function isUnseen(suggestions: readonly TaskSuggestion[]): boolean {
  const seen = currentMe()?.preferences.seen_cards ?? [];
  return currentMe() !== null && modelsOf(suggestions).some((model) => !seen.includes(modelKey(model)));
}

function markSeen(suggestions: readonly TaskSuggestion[]): void {
  const seen = currentMe()?.preferences.seen_cards ?? [];
  void savePreferences({ seen_cards: [...new Set([...seen, ...modelsOf(suggestions).map(modelKey)])] });
}
