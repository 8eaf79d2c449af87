/** The size of the text one judges, in pixels. */

export const TEXT_SIZES = [14, 15, 16, 18, 20, 22] as const;
export const DEFAULT_TEXT_SIZE = 15;

export function setTextSize(pixels: number): void {
  document.documentElement.style.setProperty("--t-subject", `${pixels}px`);
}
