/** The form of one item as data: what a person did so far, and the answers that amounts to. */
import type { Answer, Answers, Confidence, Question, Shown, TaskSuggestion } from "../api/types";
import * as chat from "../questions/chat/chat";
import * as choice from "../questions/choice/choice";
import * as choices from "../questions/choices/choices";
import { hasOptions, isWritten } from "../questions/kind";
import { acceptAll, type Marks, rejectAll, untouched } from "../questions/marks";
import * as pairwise from "../questions/pairwise/pairwise";
import * as ranking from "../questions/ranking/ranking";
import * as text from "../questions/text/text";

export interface Form {
  readonly marks: Readonly<Record<string, Marks>>;
  readonly texts: Readonly<Record<string, string>>;
  readonly confidences: Readonly<Record<string, Confidence>>;
  readonly rankings: Readonly<Record<string, ranking.Ranks>>;
}

export const EMPTY_FORM: Form = { marks: {}, texts: {}, confidences: {}, rankings: {} };

/** What the model preselected, by question: only what the person can see counts. */
export type Preselected = Readonly<Record<string, readonly string[]>>;

const NOTHING: readonly string[] = [];
const NO_MARKS: Marks = {};

export function marksOf(form: Form, question: string): Marks {
  return form.marks[question] ?? NO_MARKS;
}

/** The preselections of the suggestions on screen; none where the person was to choose first. */
export function preselectedBy(suggestions: readonly TaskSuggestion[], isAfterChoice: boolean): Preselected {
  if (isAfterChoice) return {};
  const usable = suggestions.filter(({ status }) => status === "ok");
  return Object.fromEntries(
    usable.map(({ question, preselected, text }) => [question, text === null ? preselected : [text]]),
  );
}

/** Click or key on an option, or on a verdict of a comparison. */
export function pick(form: Form, question: Question, option: string, preselected: Preselected): Form {
  const offered = preselected[question.name] ?? NOTHING;
  const before = marksOf(form, question.name);
  switch (question.kind) {
    case "choice":
    case "pairwise":
      return withMarks(form, question, choice.choose(before, option, offered));
    case "choices":
      return withMarks(form, question, choices.toggle(question, before, option, offered));
    default:
      return form;
  }
}

/** Put what is compared into an order. */
export function rank(form: Form, question: Question, ranks: ranking.Ranks): Form {
  return { ...form, rankings: { ...form.rankings, [question.name]: ranks } };
}

/** Take the suggestion of a question over. */
export function accept(form: Form, question: Question, preselected: Preselected): Form {
  const offered = preselected[question.name] ?? NOTHING;
  if (offered.length === 0) return form;
  const before = marksOf(form, question.name);
  switch (question.kind) {
    case "choice":
      return withMarks(form, question, choice.accept(question, before, offered));
    case "choices":
      return withMarks(form, question, choices.accept(question, before, offered));
    case "text":
    case "chat":
      if (form.texts[question.name]) return form;
      return write(withMarks(form, question, acceptAll(before, offered)), question, offered[0] ?? "");
    default:
      return form;
  }
}

/** Refuse the suggestion of a question. */
export function reject(form: Form, question: Question, preselected: Preselected): Form {
  const offered = preselected[question.name] ?? NOTHING;
  if (offered.length === 0) return form;
  return withMarks(form, question, rejectAll(marksOf(form, question.name), offered));
}

export function write(form: Form, question: Question, value: string): Form {
  return { ...form, texts: { ...form.texts, [question.name]: value } };
}

/** How sure the person is; the same key again takes it back. */
export function rate(form: Form, question: Question, confidence: Confidence): Form {
  const { [question.name]: before, ...rest } = form.confidences;
  if (before === confidence) return { ...form, confidences: rest };
  return { ...form, confidences: { ...rest, [question.name]: confidence } };
}

/** What the person has answered; preselections nobody touched are not in it. */
export function answersOf(form: Form, questions: readonly Question[]): Answers {
  const answers: Answers = {};
  for (const question of questions) {
    const answer = isAsked(question, answers) ? answerOf(form, question) : null;
    if (answer !== null) answers[question.name] = answer;
  }
  return answers;
}

function answerOf(form: Form, question: Question): Answer | null {
  const confidence = question.ask_confidence ? (form.confidences[question.name] ?? null) : null;
  const marks = marksOf(form, question.name);
  switch (question.kind) {
    case "choice":
      return choice.answer(question, marks, confidence);
    case "choices":
      return choices.answer(question, marks, confidence);
    case "text":
      return text.answer(form.texts[question.name] ?? "", confidence);
    case "chat":
      return chat.answer(form.texts[question.name] ?? "", confidence);
    case "pairwise":
      return pairwise.answer(question, marks, confidence);
    case "ranking":
      return ranking.answer(question, form.rankings[question.name], confidence);
  }
}

/** Whether a question is shown, given the answers to those before it. */
export function isAsked(question: Question, answers: Answers): boolean {
  if (question.shown_if === null) return true;
  const earlier = answers[question.shown_if.question];
  return optionsIn(earlier).some((option) => question.shown_if?.any_of.includes(option));
}

/** The options an answer holds; none of one that is not made of options. */
function optionsIn(answer: Answer | undefined): string[] {
  if (answer?.kind === "choice") return [answer.value];
  return answer?.kind === "choices" ? answer.value : [];
}

/** The questions on screen. A preselection nobody touched opens the questions that depend on it. */
export function askedQuestions(
  form: Form,
  questions: readonly Question[],
  preselected: Preselected,
): Question[] {
  const answers = answersOf(confirmAll(form, questions, preselected), questions);
  return questions.filter((question) => isAsked(question, answers));
}

/** The form after Enter: every preselection left is taken over. */
export function confirmAll(form: Form, questions: readonly Question[], preselected: Preselected): Form {
  return questions
    .filter(hasOptions)
    .reduce<Form>((confirmed, question) => accept(confirmed, question, preselected), form);
}

/** What Enter would do now. */
export interface Outlook {
  /** Preselections that Enter would take over. */
  toConfirm: number;
  /** The first question that still needs an answer. */
  open: Question | null;
  /** The first text that is too long. */
  tooLong: Question | null;
}

export function outlook(form: Form, questions: readonly Question[], preselected: Preselected): Outlook {
  const asked = askedQuestions(form, questions, preselected);
  const confirmed = confirmAll(form, asked, preselected);
  const answers = answersOf(confirmed, questions);
  const open = asked.find((question) => question.required && answers[question.name] === undefined) ?? null;
  const tooLong = asked.find(
    (question) => isWritten(question) && text.excess(question, form.texts[question.name] ?? "") > 0,
  );
  const left = asked.filter(hasOptions).flatMap(({ name }) => {
    const marks = confirmed.marks[name] ?? NO_MARKS;
    return untouched(marksOf(form, name), preselected[name] ?? NOTHING).filter(
      (o) => marks[o] === "confirmed",
    );
  });
  return { toConfirm: left.length, open, tooLong: tooLong ?? null };
}

/** The form that shows given answers: earlier ones of the same person. With `isFinal` what is missing was refused. */
export function formOf(
  answers: Answers,
  questions: readonly Question[],
  preselected: Preselected,
  isFinal: boolean,
): Form {
  return questions.reduce((form, question) => {
    const answer = answers[question.name];
    if (answer === undefined || answer.kind !== question.kind) return form;
    return showAnswer(form, question, answer, preselected[question.name] ?? NOTHING, isFinal);
  }, EMPTY_FORM);
}

function showAnswer(
  form: Form,
  question: Question,
  answer: Answer,
  offered: readonly string[],
  isFinal: boolean,
): Form {
  const rated = answer.confidence ? rate(form, question, answer.confidence) : form;
  if (answer.kind === "text" || answer.kind === "chat") return write(rated, question, answer.value);
  if (answer.kind === "ranking") return rank(rated, question, answer.value);
  if (answer.kind === "pairwise") return withMarks(rated, question, { [answer.value]: "you" });
  const chosen = optionsIn(answer);
  const refused =
    isFinal || answer.kind === "choice" ? offered.filter((option) => !chosen.includes(option)) : [];
  const marks = [
    ...refused.map((option) => [option, "rejected"] as const),
    ...chosen.map((option) => [option, offered.includes(option) ? "confirmed" : "you"] as const),
  ];
  return withMarks(rated, question, Object.fromEntries(marks));
}

/** What the person saw of the model, as a submit reports it. */
export function shownOf(
  suggestions: readonly TaskSuggestion[],
  preselected: Preselected,
  revealedAt: Readonly<Record<number, string>>,
): Shown[] {
  return suggestions.map(({ id, question }) => ({
    suggestion: id,
    preselected: [...(preselected[question] ?? NOTHING)],
    revealed_at: revealedAt[id] ?? null,
  }));
}

function withMarks(form: Form, question: Question, marks: Marks): Form {
  return { ...form, marks: { ...form.marks, [question.name]: marks } };
}
