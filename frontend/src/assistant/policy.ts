/** What the policy of an assistant says: which question it drafts, what it sees, and what follows from it. */
import type { TFunction } from "i18next";
import type { Model } from "../api/researcher_types";
import type {
  AssistantPolicy,
  ChatQuestion,
  ProjectSpec,
  Question,
  SubjectField,
  TextQuestion,
} from "../api/types";
import { i18next } from "../i18n";
import { formatPercent } from "../shared/format";

export type WrittenQuestion = TextQuestion | ChatQuestion;
type Asked = Pick<ProjectSpec, "questions" | "subject">;

/** The questions that are answered by writing: those an assistant can draft. */
export function written(questions: readonly Question[]): WrittenQuestion[] {
  return questions.filter((one): one is WrittenQuestion => one.kind === "text" || one.kind === "chat");
}

/** The question it drafts: the named one, else the last that is written. */
export function draftedQuestion(
  { answers }: Pick<AssistantPolicy, "answers">,
  questions: readonly Question[],
): WrittenQuestion | null {
  const able = written(questions);
  return (answers === null ? able.at(-1) : able.find(({ name }) => name === answers)) ?? null;
}

/** Who says what is asked: the annotator in a question, the item in a field, or nobody. */
export function querySource(
  policy: Pick<AssistantPolicy, "query">,
  { questions, subject }: Asked,
): { by: "person"; question: Question } | { by: "item"; field: SubjectField } | null {
  if (policy.query === null) return null;
  const question = questions.find(({ name, kind }) => name === policy.query && kind === "text");
  if (question !== undefined) return { by: "person", question };
  const field = subject.find(({ name }) => name === policy.query);
  return field === undefined ? null : { by: "item", field };
}

/** The names of the fields it sees; where nothing is chosen, the pictures. */
export function fieldsSeen(
  policy: Pick<AssistantPolicy, "fields">,
  subject: readonly SubjectField[],
): string[] {
  if (policy.fields !== null) return policy.fields;
  return subject.filter(({ show }) => show === "image").map(({ name }) => name);
}

/** The fields with one more or less, in the order of the subject; null once it is the pictures alone again. */
export function withField(
  policy: Pick<AssistantPolicy, "fields">,
  subject: readonly SubjectField[],
  name: string,
  isSeen: boolean,
): string[] | null {
  const before = fieldsSeen(policy, subject);
  const now = subject
    .map((field) => field.name)
    .filter((one) => (one === name ? isSeen : before.includes(one)));
  const pictures = fieldsSeen({ fields: null }, subject);
  return now.join("\n") === pictures.join("\n") ? null : now;
}

/** What is known beside the policy and decides what reaches the model. */
export interface Known {
  /** How many examples there are to show. */
  examples: number;
  /** Whether pictures are sent to the model. */
  readsPictures: boolean;
}

/** Whether pictures are sent to a model: as tested; untested, embedded and recorded models get none. */
export function readsPictures(model: Pick<Model, "provider" | "capabilities"> | undefined): boolean {
  if (model === undefined) return true;
  if (model.capabilities?.reachable) return model.capabilities.images;
  return model.provider !== "embedded" && model.provider !== "replay";
}

/** What the policy does, a sentence each. */
export function policySentences(policy: AssistantPolicy, spec: Asked, known: Known, t: TFunction): string[] {
  const { model } = policy;
  const drafted = draftedQuestion(policy, spec.questions);
  if (model === null || drafted === null) return [t("assistant.says_none")];
  const question = drafted.title;
  const source = querySource(policy, spec);
  const asked =
    source === null
      ? t("assistant.says_no_query", { model, question })
      : source.by === "person"
        ? t("assistant.says_person", { model, question, query: source.question.title })
        : t("assistant.says_item", { model, question, query: source.field.title });
  const copying = t(`assistant.says_${policy.copying}`, { share: formatPercent(policy.copy_limit) });
  const heldOut = t("assistant.says_held_out", { share: formatPercent(policy.holdout_share) });
  const pictures = isPictureSeen(policy, spec.subject);
  return [
    asked,
    seenSentence(policy, spec, drafted, known, t),
    ...(pictures && !known.readsPictures ? [t("assistant.says_blind", { model })] : []),
    ...(policy.may_not_know ? [t("assistant.says_may_not_know")] : []),
    copying,
    ...(policy.holdout_share > 0 ? [heldOut] : []),
  ];
}

function isPictureSeen(policy: AssistantPolicy, subject: readonly SubjectField[]): boolean {
  const seen = fieldsSeen(policy, subject);
  return subject.some(({ name, show }) => show === "image" && seen.includes(name));
}

/** What reaches the model, and that nothing else does. */
function seenSentence(
  policy: AssistantPolicy,
  { subject }: Asked,
  drafted: WrittenQuestion,
  known: Known,
  t: TFunction,
): string {
  const seen = fieldsSeen(policy, subject);
  const own = [policy.query, drafted.kind === "chat" ? drafted.conversation : null];
  const titles = subject
    .filter(({ name, show }) => seen.includes(name) && !own.includes(name) && show !== "video")
    .filter(({ show }) => show !== "image" || known.readsPictures)
    .map(({ title }) => `“${title}”`);
  const isTurn = drafted.kind === "chat";
  const parts = [
    ...(isTurn ? [t("assistant.part_conversation")] : []),
    ...(policy.query !== null ? [t("assistant.part_query")] : isTurn ? [] : [t("assistant.part_title")]),
    ...titles,
    ...(policy.guideline ? [t("assistant.part_guideline")] : []),
    ...(policy.instructions.trim() === "" ? [] : [t("assistant.part_instructions")]),
    ...(policy.examples && known.examples > 0 ? [t("assistant.part_examples")] : []),
  ];
  return t("assistant.says_sees", { parts: new Intl.ListFormat(i18next.language).format(parts) });
}
