/**
 * What a person did to the options of one question. An option without a mark is untouched: if the model
 * preselected it, it shows as the model's, and only an act (key, click, submit) makes it a person's.
 */

/** Chosen against or without the model; a preselection taken over; a preselection refused. */
export type Mark = "you" | "confirmed" | "rejected";
export type Marks = Readonly<Record<string, Mark>>;

/** The word beside an option: who chose it, if anybody. */
export type Standing = Mark | "model" | "none";

export function standingOf(option: string, marks: Marks, preselected: readonly string[]): Standing {
  return marks[option] ?? (preselected.includes(option) ? "model" : "none");
}

/** Whether the option counts as an answer of the person. */
export function isChosen(mark: Mark | undefined): boolean {
  return mark === "you" || mark === "confirmed";
}

/** The options a person chose, in the order of the question. */
export function chosenOf(options: readonly { name: string }[], marks: Marks): string[] {
  return options.map(({ name }) => name).filter((name) => isChosen(marks[name]));
}

/** Preselections nobody has acted on yet. */
export function untouched(marks: Marks, preselected: readonly string[]): string[] {
  return preselected.filter((option) => marks[option] === undefined);
}

/** Take over every preselection nobody has refused or taken over. */
export function acceptAll(marks: Marks, preselected: readonly string[]): Marks {
  const accepted = untouched(marks, preselected).map((option) => [option, "confirmed"] as const);
  return { ...marks, ...Object.fromEntries(accepted) };
}

/** Refuse every preselection. What the person chose without the model stays. */
export function rejectAll(marks: Marks, preselected: readonly string[]): Marks {
  return { ...marks, ...Object.fromEntries(preselected.map((option) => [option, "rejected"] as const)) };
}

/** The mark an option gets when it is chosen, and when it is taken back. */
export function markWhenChosen(option: string, preselected: readonly string[]): Mark {
  return preselected.includes(option) ? "confirmed" : "you";
}

export function without(marks: Marks, option: string): Marks {
  const { [option]: _, ...rest } = marks;
  return rest;
}
