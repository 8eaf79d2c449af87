import { expect, test } from "vitest";
import { HandlingTime } from "./handling_time";

const MINUTE = 60_000;

function shown(at = 1000): HandlingTime {
  const time = new HandlingTime(MINUTE);
  time.show(at);
  return time;
}

test("wall runs from the first paint to the submit key", () => {
  const time = shown(1000);
  time.input(9000);
  expect(time.read(43_000)).toEqual({ wall_ms: 42_000, active_ms: 42_000, blurred_ms: 0, generation_ms: 0 });
});

test("an item that was only prefetched has no time", () => {
  expect(new HandlingTime(MINUTE).read(99_000)).toEqual({
    wall_ms: 0,
    active_ms: 0,
    blurred_ms: 0,
    generation_ms: 0,
  });
});

test("time with the window blurred is wall, not active", () => {
  const time = shown(0);
  time.blur(10_000);
  time.focus(25_000);
  expect(time.read(30_000)).toEqual({
    wall_ms: 30_000,
    active_ms: 15_000,
    blurred_ms: 15_000,
    generation_ms: 0,
  });
});

test("a gap of exactly a minute counts as active, a longer one does not at all", () => {
  const exact = shown(0);
  exact.input(MINUTE);
  expect(exact.read(MINUTE + 5000).active_ms).toBe(MINUTE + 5000);
  const longer = shown(0);
  longer.input(MINUTE + 1);
  expect(longer.read(MINUTE + 1 + 5000).active_ms).toBe(5000);
});

test("the gap before the submit key counts like any other", () => {
  const time = shown(0);
  time.input(4000);
  expect(time.read(4000 + 2 * MINUTE).active_ms).toBe(4000);
});

test("a blurred stretch is not taken off twice as a gap", () => {
  const time = shown(0);
  time.input(5000);
  time.blur(6000);
  time.focus(6000 + 5 * MINUTE);
  expect(time.read(10_000 + 5 * MINUTE)).toEqual({
    wall_ms: 10_000 + 5 * MINUTE,
    blurred_ms: 5 * MINUTE,
    generation_ms: 0,
    active_ms: 10_000,
  });
});

test("while another item is on the screen the clock stands still", () => {
  const time = shown(0);
  time.hide(8000);
  time.show(100_000);
  expect(time.read(102_000)).toEqual({ wall_ms: 10_000, active_ms: 10_000, blurred_ms: 0, generation_ms: 0 });
});

test("submitting while blurred counts the blurred stretch until then", () => {
  const time = shown(0);
  time.blur(2000);
  expect(time.read(5000)).toEqual({ wall_ms: 5000, active_ms: 2000, blurred_ms: 3000, generation_ms: 0 });
});

test("waiting for a draft is neither active nor idle, until the draft ends", () => {
  const time = shown(0);
  time.act(5000);
  time.wait(5000);
  time.endWait(5000 + 2 * MINUTE);
  expect(time.read(8000 + 2 * MINUTE)).toEqual({
    wall_ms: 8000 + 2 * MINUTE,
    active_ms: 8000,
    blurred_ms: 0,
    generation_ms: 2 * MINUTE,
  });
});

test("the first key, press or scroll ends the waiting; a pointer that only moves does not", () => {
  const time = shown(0);
  time.wait(1000);
  time.input(2000);
  time.act(4000);
  time.act(5000);
  time.endWait(9000);
  expect(time.read(10_000)).toMatchObject({ active_ms: 7000, generation_ms: 3000 });
});

test("a submit during the waiting counts it up to there", () => {
  const time = shown(0);
  time.wait(1000);
  expect(time.read(4000)).toMatchObject({ wall_ms: 4000, active_ms: 1000, generation_ms: 3000 });
});

test("a window that goes away ends the waiting: what follows is blurred", () => {
  const time = shown(0);
  time.wait(1000);
  time.blur(3000);
  time.focus(8000);
  time.endWait(9000);
  expect(time.read(9000)).toEqual({
    wall_ms: 9000,
    active_ms: 2000,
    blurred_ms: 5000,
    generation_ms: 2000,
  });
});

test("another item on the screen ends the waiting", () => {
  const time = shown(0);
  time.wait(1000);
  time.hide(3000);
  time.show(50_000);
  expect(time.read(51_000)).toMatchObject({ wall_ms: 4000, active_ms: 2000, generation_ms: 2000 });
});
