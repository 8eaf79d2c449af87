/** Points and references in the words of the reader. */

/** Points of a rubric: one decimal on a scale of a hundred, three on a scale of one. */
export function formatPoints(value: number, maximum: number, isWhole = false): string {
  const digits = maximum >= 10 ? 1 : 3;
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: isWhole ? 0 : digits === 1 ? 1 : 2,
    maximumFractionDigits: digits,
  });
  return format.format(Object.is(value, -0) ? 0 : value).replace("-", "−");
}

/** Each `{{name}}` as the title people read at the field or answer. */
export function withTitles(text: string, titles: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, name: string) => `“${titles[name] ?? name}”`);
}
