/**
 * How long one revision of one item took. `wall` runs from the first paint of the item to the submit key;
 * `active` is wall minus the time the window was blurred, minus gaps of more than a minute (settable) without key,
 * pointer or scroll. While the item is off the screen the clock stands still.
 */
import type { Times } from "../api/types";

export class HandlingTime {
  private wall = 0;
  private blurred = 0;
  private idle = 0;
  private shownAt: number | null = null;
  private blurredAt: number | null = null;
  private lastInputAt = 0;

  /** `gapMs`: longer pauses without input do not count as active. */
  constructor(private readonly gapMs: number) {}

  /** The item is painted, the first time or again. */
  show(at: number): void {
    if (this.shownAt !== null) return;
    this.shownAt = at;
    this.lastInputAt = at;
  }

  /** Another item takes the screen. */
  hide(at: number): void {
    if (this.shownAt === null) return;
    this.focus(at);
    this.input(at);
    this.wall += at - this.shownAt;
    this.shownAt = null;
  }

  /** A key, a pointer or a scroll. */
  input(at: number): void {
    if (this.shownAt === null || this.blurredAt !== null) return;
    this.idle += this.gapUntil(at);
    this.lastInputAt = at;
  }

  /** The window lost the focus or went out of sight. */
  blur(at: number): void {
    if (this.shownAt === null || this.blurredAt !== null) return;
    this.input(at);
    this.blurredAt = at;
  }

  /** The window is back; being back counts as input. */
  focus(at: number): void {
    if (this.blurredAt === null) return;
    this.blurred += at - this.blurredAt;
    this.blurredAt = null;
    this.lastInputAt = at;
  }

  /** The figures as of now, in whole milliseconds. */
  read(at: number): Times {
    const isShown = this.shownAt !== null;
    const wall = this.wall + (this.shownAt === null ? 0 : at - this.shownAt);
    const blurred = this.blurred + (this.blurredAt === null ? 0 : at - this.blurredAt);
    const idle = this.idle + (isShown && this.blurredAt === null ? this.gapUntil(at) : 0);
    const [wall_ms, blurred_ms] = [Math.round(wall), Math.round(blurred)];
    return { wall_ms, blurred_ms, active_ms: Math.max(0, wall_ms - blurred_ms - Math.round(idle)) };
  }

  private gapUntil(at: number): number {
    const gap = at - this.lastInputAt;
    return gap > this.gapMs ? gap : 0;
  }
}
