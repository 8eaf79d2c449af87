/** What a person set for themselves takes effect wherever they log in. */
import { useEffect, useLayoutEffect } from "react";
import { useSession } from "../api/session";
import { keymap } from "../shared/keys";
import { setTextSize } from "../shared/text_size";
import { setTheme } from "../shared/theme";

export function usePreferences(): void {
  const preferences = useSession().me?.preferences;
  useLayoutEffect(() => keymap.setPreferences(preferences?.keys), [preferences?.keys]);
  useEffect(() => {
    if (preferences?.theme) setTheme(preferences.theme);
  }, [preferences?.theme]);
  useEffect(() => {
    if (preferences?.text_size) setTextSize(preferences.text_size);
  }, [preferences?.text_size]);
}
