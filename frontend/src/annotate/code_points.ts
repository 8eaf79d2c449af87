/**
 * The one place where offsets change units: the server counts Unicode code points (as Python does), the browser
 * counts UTF-16 units. A passage that does not fit the text is left out, never moved.
 */
import type { Evidence } from "../api/types";

/** The UTF-16 index of each code point of a text, and of its end. */
export function utf16Indices(text: string): number[] {
  const indices: number[] = [];
  let at = 0;
  for (const character of text) {
    indices.push(at);
    at += character.length;
  }
  indices.push(at);
  return indices;
}

/** How long a text is for the server. */
export function lengthInCodePoints(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export interface Piece {
  text: string;
  /** The passages that cover this piece. */
  passages: Evidence[];
  /** The passages that end with it; their numbers are printed here. */
  ends: Evidence[];
}

/** A text cut at the ends of its passages; overlapping passages share pieces. */
export function cutAtPassages(text: string, evidence: readonly Evidence[]): Piece[] {
  const indices = utf16Indices(text);
  const placed = evidence
    .map((passage) => ({ passage, start: indices[passage.start], end: indices[passage.end] }))
    .filter((place): place is { passage: Evidence; start: number; end: number } => {
      if (place.start === undefined || place.end === undefined) return false;
      return place.start < place.end;
    });
  const cuts = new Set([0, text.length, ...placed.flatMap(({ start, end }) => [start, end])]);
  const bounds = [...cuts].sort((one, other) => one - other);
  return bounds.slice(1).map((end, position) => {
    const start = bounds[position] as number;
    const covering = placed.filter((place) => place.start <= start && place.end >= end);
    return {
      text: text.slice(start, end),
      passages: covering.map(({ passage }) => passage),
      ends: covering.filter((place) => place.end === end).map(({ passage }) => passage),
    };
  });
}
