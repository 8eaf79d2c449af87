/** Figures of the report in words; nothing that was not counted becomes a number. */
import { wilson } from "../projects/interval";
import { formatNumber, formatPercent } from "../shared/format";
import type { HoldOut, Median, Thumbs } from "./types";

export const COMPLAINTS = ["wrong", "made_up", "too_long", "off_guideline"] as const;

/** How many were rated at all. */
export function ratedIn({ up, down }: Thumbs): number {
  return up + down;
}

export function shareOf(n: number, of: number): number {
  return of === 0 ? 0 : n / of;
}

/** `80 % · 12 of 15`; null where nothing was counted. */
export function countText(n: number, of: number, words: (n: string, of: string) => string): string | null {
  return of === 0 ? null : `${formatPercent(shareOf(n, of))} · ${words(formatNumber(n), formatNumber(of))}`;
}

/** A share with its interval; null where nothing was counted. */
export function intervalOf(n: number, of: number): { value: number; low: number; high: number } | null {
  return of === 0 ? null : { value: n / of, ...wilson(n, of) };
}

/** The median in its unit; null of nothing. */
export function medianText({ median, n }: Median, words: (median: number) => string): string | null {
  return median === null || n === 0 ? null : words(median);
}

/** `+12 s`, `−8 s`, `0 s`; a tenth below ten. */
export function secondsText(seconds: number): string {
  const size = Math.abs(seconds);
  const rounded = size < 10 ? Math.round(size * 10) / 10 : Math.round(size);
  const sign = rounded === 0 ? "" : seconds < 0 ? "−" : "+";
  return `${sign}${formatNumber(rounded)} s`;
}

export interface Drawn {
  /** Places from 0 to 1 on a scale with zero in its middle. */
  low: number;
  at: number;
  high: number;
}

/** Where a difference stands on a scale that reaches as far as its interval, with zero in the middle. */
export function drawn({ value, low, high }: NonNullable<HoldOut["difference_seconds"]>): Drawn {
  const most = Math.max(Math.abs(low), Math.abs(high), Math.abs(value), 1e-9) * 1.1;
  const place = (seconds: number) => 0.5 + seconds / most / 2;
  return { low: place(low), at: place(value), high: place(high) };
}

/** Whether the interval leaves out that there is no difference. */
export function isClear({ low, high }: { low: number; high: number }): boolean {
  return low > 0 || high < 0;
}

/** Sources of pastes, the largest first, each with its share of all that was pasted. */
export function pastesOf(
  pasted: Readonly<Record<string, number>>,
): { source: string; n: number; share: number }[] {
  const all = Object.values(pasted).reduce((sum, n) => sum + n, 0);
  return Object.entries(pasted)
    .filter(([, n]) => n > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([source, n]) => ({ source, n, share: shareOf(n, all) }));
}
