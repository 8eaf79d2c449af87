/** How the fields of an item are laid out: each text opens a card, pictures and videos join it, context stands beside the first text. */
import type { FieldValue, Question, SubjectField, TaskItem } from "../api/types";
import { isComparing } from "../questions/kind";

export interface ShownField {
  field: SubjectField;
  value: FieldValue;
}

export interface SubjectCard {
  title: string;
  hint: string;
  contents: ShownField[];
  /** Key-value pairs at the side. */
  context: ShownField[];
}

export function subjectCards(
  subject: readonly SubjectField[],
  item: Pick<TaskItem, "fields">,
): SubjectCard[] {
  const cards: SubjectCard[] = [];
  const context: ShownField[] = [];
  for (const field of subject) {
    const value = item.fields[field.name] ?? null;
    if (field.show === "hidden" || isBlank(value)) continue;
    if (field.show === "context") {
      context.push(...pairsOf({ field, value }));
      continue;
    }
    const open = cards.at(-1);
    if (isMedia(field) && open !== undefined) open.contents.push({ field, value });
    else cards.push({ title: field.title, hint: field.hint, contents: [{ field, value }], context: [] });
  }
  if (context.length === 0) return cards;
  const beside = cards.find(({ contents }) => contents.some(isText)) ?? cards[0];
  return beside === undefined
    ? [{ title: "", hint: "", contents: [], context }]
    : cards.map((card) => (card === beside ? { ...card, context } : card));
}

/** A structure as one pair a key, under its own name. */
function pairsOf({ field, value }: ShownField): ShownField[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [{ field, value }];
  return Object.entries(value)
    .filter(([, one]) => !isBlank(one))
    .map(([key, one]) => ({ field: { ...field, name: `${field.name}.${key}`, title: key }, value: one }));
}

/** The addresses of the pictures of an item, to load them ahead. */
export function pictures(subject: readonly SubjectField[], item: Pick<TaskItem, "fields">): string[] {
  return subject
    .filter(({ show }) => show === "image")
    .map(({ name }) => item.fields[name])
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => typeof value === "string")
    .filter(isPicture);
}

/** Whether an address may stand in an image: a picture of this server, of the web, or inline. */
export function isPicture(address: string): boolean {
  return /^(https?:\/\/|\/|blob:|data:image\/)/i.test(address);
}

/** Whether an address may stand in a video: one of this server, of the web, or inline. */
export function isVideo(address: string): boolean {
  return /^(https?:\/\/|\/|blob:|data:video\/)/i.test(address);
}

/** Whether it is read: a text or a conversation, not a picture, a video or a list of entries. */
export function isText({ field, value }: ShownField): boolean {
  return field.show === "chat" || !(isMedia(field) || Array.isArray(value));
}

/** All that can be read of an item, as it is shown. */
export function subjectText(subject: readonly SubjectField[], item: Pick<TaskItem, "fields">): string {
  const shown = subject.filter(({ show }) => show !== "hidden" && show !== "image" && show !== "video");
  return shown.map(({ name }) => asText(item.fields[name] ?? null)).join("\n");
}

/** A value as plain text: lists in one line, structures as JSON. */
export function asText(value: FieldValue): string {
  if (value === null) return "";
  if (Array.isArray(value)) return value.map(asText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Whether nothing of the item is left to show in a panel of its own. */
export function isBare(subject: readonly SubjectField[], item: Pick<TaskItem, "fields">): boolean {
  return subjectCards(subject, item).length === 0;
}

/** Whether the form takes the whole width: for texts side by side, and where only context is left beside it. */
export function isStacked(questions: readonly Question[], left: readonly SubjectField[]): boolean {
  const isContext = left.every(({ show }) => show === "context" || show === "hidden");
  return questions.some(isComparing) || (isContext && questions.some(({ kind }) => kind === "chat"));
}

function isMedia({ show }: SubjectField): boolean {
  return show === "image" || show === "video";
}

function isBlank(value: FieldValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
