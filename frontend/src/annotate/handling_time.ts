/**
 * How long one revision of one item took. `wall` runs from the first paint of the item to the submit key;
 * `active` is wall minus the time the window was blurred, minus gaps of more than a minute (settable) without key,
 * pointer or scroll, minus `generation`: the time in which the person waited for a draft and did nothing else. While
 * the item is off the screen the clock stands still.
 */
import type { Times } from "../api/types";

export class HandlingTime {
  private wall = 0;
  private blurred = 0;
  private idle = 0;
  private shownAt: number | null = null;
  private blurredAt: number | null = null;
  private lastInputAt = 0;
  private generation = 0;
  private waitsSince: number | null = null;

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
    this.act(at);
    this.wall += at - this.shownAt;
    this.shownAt = null;
  }

  /** A key, a pointer or a scroll; a hand that only rests on the mouse goes on waiting. */
  input(at: number): void {
    if (this.shownAt === null || this.blurredAt !== null || this.waitsSince !== null) return;
    this.idle += this.gapUntil(at);
    this.lastInputAt = at;
  }

  /** A key, a press or a scroll: the person does something, also while a draft is being written. */
  act(at: number): void {
    this.endWait(at);
    this.input(at);
  }

  /** A draft was asked for: the person waits, until it ends or they do something. */
  wait(at: number): void {
    if (this.shownAt === null || this.blurredAt !== null || this.waitsSince !== null) return;
    this.input(at);
    this.waitsSince = at;
  }

  /** The draft has ended. */
  endWait(at: number): void {
    if (this.waitsSince === null) return;
    this.generation += at - this.waitsSince;
    this.waitsSince = null;
    this.lastInputAt = at;
  }

  /** The window lost the focus or went out of sight. */
  blur(at: number): void {
    if (this.shownAt === null || this.blurredAt !== null) return;
    this.act(at);
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
    const waited = this.generation + (this.waitsSince === null ? 0 : at - this.waitsSince);
    const isIdling = isShown && this.blurredAt === null && this.waitsSince === null;
    const idle = this.idle + (isIdling ? this.gapUntil(at) : 0);
    const [wall_ms, blurred_ms, generation_ms] = [Math.round(wall), Math.round(blurred), Math.round(waited)];
    const active = wall_ms - blurred_ms - generation_ms - Math.round(idle);
    return { wall_ms, blurred_ms, generation_ms, active_ms: Math.max(0, active) };
  }

  private gapUntil(at: number): number {
    const gap = at - this.lastInputAt;
    return gap > this.gapMs ? gap : 0;
  }
}
