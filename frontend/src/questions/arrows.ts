/** Where arrow keys belong to what is in focus: something that scrolls, or a row of buttons to choose from. */
const OWNERS = ".compared-text, .subject, .split, .guideline-panel, .seg, .drafts, pre";

export function areArrowsFree(key: string): boolean {
  return !key.includes("Arrow") || !document.activeElement?.closest(OWNERS);
}
