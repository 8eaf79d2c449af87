/** Light, dark, or as the system says. */
import { savePreferences } from "../api/session";

export type Theme = "light" | "dark" | "system";

const KEY = "milo.theme"; // also read by public/theme.js before the first paint

export function currentTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** What is on screen now, whoever decided it. */
export function isDark(): boolean {
  const theme = currentTheme();
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}

export function switchTheme(): void {
  const theme = isDark() ? "light" : "dark";
  setTheme(theme);
  void savePreferences({ theme });
}
