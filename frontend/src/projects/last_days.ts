/** Days without an answer are days too. */

export interface Day {
  /** `2026-11-20`, in UTC as the server counts. */
  day: string;
  answers: number;
}

/** The `count` days up to `today`, oldest first, those that nobody worked with zero. */
export function lastDays(counted: Day[], today: Date, count: number): Day[] {
  const answers = new Map(counted.map((day) => [day.day.slice(0, 10), day.answers]));
  return Array.from({ length: count }, (_, place) => {
    const day = new Date(today.getTime() - (count - 1 - place) * 86_400_000).toISOString().slice(0, 10);
    return { day, answers: answers.get(day) ?? 0 };
  });
}
