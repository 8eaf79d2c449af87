/** Numbers, times and dates in the person's own locale. */

const numbers = new Intl.NumberFormat();
const lists = new Intl.ListFormat(undefined, { type: "conjunction" });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const times = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** `4,812` */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** `query and response` */
export function formatList(words: readonly string[]): string {
  return lists.format(words);
}

/** `91 %`, as a whole number; a share between 0 and 1 comes in. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `0:42`, or `1:02:03` from an hour on. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** Day and time of an ISO 8601 moment. */
export function formatMoment(iso: string): string {
  return dates.format(new Date(iso));
}

/** The time of day of an ISO 8601 moment. */
export function formatTime(iso: string): string {
  return times.format(new Date(iso));
}

/** `AK` for `Ana Kovač`. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => (word ? [...word][0] : ""))
    .join("")
    .toUpperCase();
}
