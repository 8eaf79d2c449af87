/** Free text. */

import { lengthInCodePoints } from "../../annotate/code_points";
import type { Confidence, TextAnswer } from "../../api/types";
import type { WrittenQuestion } from "../kind";

/** The answer a text amounts to; null while it is blank. */
export function answer(value: string, confidence: Confidence | null): TextAnswer | null {
  return value.trim() === "" ? null : { kind: "text", value, confidence };
}

/** By how many characters (Unicode code points, as the server counts) the text is too long; 0 when it fits. */
export function excess(question: WrittenQuestion, value: string): number {
  return Math.max(0, lengthInCodePoints(value) - question.max_length);
}
