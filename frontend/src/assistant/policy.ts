/** What the policy of an assistant says: which question it drafts, what it sees, and what follows from it. */
import type { TFunction } from "i18next";
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

/** What the policy does, a sentence each; `examples` is how many there are to show. */
export function policySentences(
  policy: AssistantPolicy,
  spec: Asked,
  examples: number,
  t: TFunction,
): string[] {
  const drafted = draftedQuestion(policy, spec.questions);
  if (policy.model === null || drafted === null) return [t("assistant.says_none")];
  const question = drafted.title;
  const source = querySource(policy, spec);
  const asked =
    source === null
      ? t("assistant.says_no_query", { model: policy.model, question })
      : source.by === "person"
        ? t("assistant.says_person", { model: policy.model, question, query: source.question.title })
        : t("assistant.says_item", { model: policy.model, question, query: source.field.title });
  const copying = t(`assistant.says_${policy.copying}`, { share: formatPercent(policy.copy_limit) });
  const heldOut = t("assistant.says_held_out", { share: formatPercent(policy.holdout_share) });
  return [
    asked,
    seenSentence(policy, spec, examples, t),
    ...(policy.may_not_know ? [t("assistant.says_may_not_know")] : []),
    copying,
    ...(policy.holdout_share > 0 ? [heldOut] : []),
  ];
}

/** What reaches the model, and that nothing else does. */
function seenSentence(policy: AssistantPolicy, spec: Asked, examples: number, t: TFunction): string {
  const seen = fieldsSeen(policy, spec.subject);
  const titles = spec.subject.filter(({ name }) => seen.includes(name)).map(({ title }) => `“${title}”`);
  const parts = [
    ...(policy.query === null ? [] : [t("assistant.part_query")]),
    ...titles,
    ...(policy.guideline ? [t("assistant.part_guideline")] : []),
    ...(policy.instructions.trim() === "" ? [] : [t("assistant.part_instructions")]),
    ...(policy.examples && examples > 0 ? [t("assistant.part_examples")] : []),
  ];
  if (parts.length === 0) return t("assistant.says_sees_nothing");
  return t("assistant.says_sees", { parts: new Intl.ListFormat(i18next.language).format(parts) });
}
