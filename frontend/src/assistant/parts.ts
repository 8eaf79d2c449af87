/** The parts of the assistant screen, as they stand in its address. */
export const PARTS = ["setup", "report", "cases", "examples"] as const;

export type Part = (typeof PARTS)[number];

export function isPart(value: unknown): value is Part {
  return PARTS.some((part) => part === value);
}
