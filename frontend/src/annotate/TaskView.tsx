/**
 * One item and its form, complete: what is judged at the start, the questions at the end, the foot, and every key.
 * It knows nothing of the server; whoever shows it says what becomes of a submit.
 */
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { currentMe, savePreferences } from "../api/session";
import type {
  AnnotatorSettings,
  AnnotatorTask,
  Answers,
  Draft,
  Question,
  RejectReason,
  Schema,
  Section,
  Shown,
  SubjectField,
  TaskSuggestion,
  Writing,
} from "../api/types";
import type { AssistantSummary } from "../assist/types";
import { useInsertion } from "../assist/useInsertion";
import { withCandidates } from "../questions/chat/chat";
import { fieldsOf, ItemContext, isWriting, isWritten } from "../questions/kind";
import { CONFIDENCES } from "../questions/OwnConfidence";
import { isYesOrNo, optionKeys, optionOfKey } from "../questions/option_keys";
import { suggestionFor } from "../questions/suggestion";
import type { Rubric } from "../review/types";
import { Button } from "../shared/Button";
import { type Command, useCommands } from "../shared/keys";
import type { Block } from "../write/alignment";
import type { Copied } from "../write/copied";
import { GivenQuery } from "../write/GivenQuery";
import { type Provenance, useProvenance } from "../write/useProvenance";
import { useWriting } from "../write/useWriting";
import { WrittenWithProvider } from "../write/written_with";
import "./beside.css";
import { Foot } from "./Foot";
import { answersOf, confirmAll, type Form, formOf, shownOf } from "./form";
import { GuidelinePanel } from "./GuidelinePanel";
import { ModelCard } from "./ModelCard";
import { GuidelineChanged, SeenBefore } from "./Notices";
import { Questions } from "./Questions";
import { REJECT_REASONS, RejectDialog } from "./RejectDialog";
import { modelKey, modelsOf, Source } from "./Source";
import { DEFAULT_FORM_SHARE, Split } from "./Split";
import { Subject } from "./Subject";
import { isBare, isStacked, subjectText } from "./subject_cards";
import { useAssistance } from "./useAssistance";
import { useForm } from "./useForm";

/** These load when there is something to say beside the form, and where a model writes drafts. */
const Beside = lazy(() => import("../feedback/Beside"));
const AssistBar = lazy(() => import("../assist/AssistBar"));
const Drafts = lazy(() => import("../assist/Drafts"));
const GoodAnswer = lazy(() => import("../write/GoodAnswer"));

const NO_QUESTIONS: readonly Question[] = [];
const NO_DRAFTS: readonly Draft[] = [];
const NO_BLOCKS: readonly Block[] = [];
const UNWRITTEN: Readonly<Record<string, Writing>> = {};

export interface Finished {
  answers: Answers;
  shown: Shown[];
  /** The form as it was submitted, to be shown again on undo. */
  form: Form;
  /** How the texts came about, where the project has an assistant. */
  writing: Record<string, Writing>;
}

export interface TaskViewProps {
  task: AnnotatorTask;
  schema: Pick<Schema, "subject" | "questions">;
  settings: AnnotatorSettings;
  sections: readonly Section[];
  initial: Form;
  /** How the texts on it came about so far. */
  writing?: Record<string, Writing>;
  /** The person's answers to the item before this one, for `=`. */
  previous: Answers | null;
  isGuidelineOpen: boolean;
  onGuideline: (isOpen: boolean) => void;
  onChange?: (form: Form, answers: Answers, writing: Record<string, Writing>) => void;
  /** Called at the key press that submits, before anything is painted. */
  onSubmit: (finished: Finished) => void;
  /** Nothing is left to undo in the form. */
  onUndo: () => void;
  onSkip?: () => void;
  onReject?: (reason: RejectReason, note: string) => void;
  /** Open the dialog that asks the researcher. */
  onFlag?: (question: string | undefined) => void;
  /** Fetch suggestions that are not shown from the start. */
  onReveal?: (answers: Answers) => Promise<TaskSuggestion[]>;
  /** By what the judge may be asked about the answer before it is sent; undefined where that is not offered. */
  checkedBy?: readonly Rubric[];
  /** Who writes drafts, and in which project; null: nobody. */
  assistant?: AssistantSummary | null;
  slug?: string;
  /** By what answers are reviewed. */
  rubrics?: readonly Rubric[];
  /** Whether nothing is stored. */
  isTrial?: boolean;
  /** A draft is being written, or has ended. */
  onGenerating?: (isGenerating: boolean) => void;
  /** Lines above the questions, such as the lease that ends. */
  notices?: ReactNode;
  /** What stands under the questions, such as what becomes of the answer. */
  ending?: ReactNode;
}

export function TaskView(props: TaskViewProps) {
  const { task, schema, settings, onChange, onSubmit } = props;
  const { t } = useTranslation();
  const { questions, subject } = schema;
  const control = useForm(questions, task, props.initial, task.suggestions);
  const { form, answers, asked, suggestions, preselected, outlook } = control;
  const revealedAt = useRevealTimes(suggestions);
  const [activeName, activate] = useState(asked[0]?.name);
  const active = asked.find(({ name }) => name === activeName) ?? asked[0];
  const [explained, explain] = useState<ReadonlySet<string>>(new Set());
  const [rejecting, setRejecting] = useState<RejectReason | true | null>(null);
  const [isCardOpen, openCard] = useState(() => isUnseen(task.suggestions));
  const [isChangeSeen, setChangeSeen] = useState(false);
  const [checks, setChecks] = useState(0);
  const share = useFormShare();
  const confirmsFirst = settings.confirm_presses > 1 && outlook.toConfirm > 0 && outlook.open === null;

  const assistance = useAssistance(
    task,
    props.assistant ?? null,
    control,
    props.isTrial ?? false,
    props.onGenerating,
  );
  const drafts = assistance?.assist.drafts ?? NO_DRAFTS;
  const provenance = useProvenance(form.texts, questions, drafts, props.assistant ?? null);
  const sources = useMemo(
    () => ({ drafts, subject: subjectText(subject, task.item) }),
    [drafts, subject, task.item],
  );
  const { writing, expect } = useWriting(
    useMemo(() => withCandidates(form, questions, task.item.fields), [form, questions, task.item.fields]),
    task.assist === null ? NO_QUESTIONS : questions,
    props.writing ?? UNWRITTEN,
    sources,
  );
  const copying = useCopying(provenance, asked, form.texts);
  const insert = useInsertion(control, assistance?.drafted, expect);

  useFocusOnStart(task.assignment);
  useReports(form, answers, writing, props.initial, onChange);
  const canReveal =
    task.reveal.policy === "on_request" &&
    !task.reveal.held_out &&
    props.onReveal &&
    suggestions.length === 0;
  const reveal = useCallback(
    () => void props.onReveal?.(answers).then(control.reveal, () => undefined),
    [props.onReveal, answers, control.reveal],
  );
  useRevealAfterChoice(task, answers, props.onReveal, control.reveal);

  const isBlocked = useCallback(() => {
    const blocking = outlook.tooLong ?? outlook.open;
    if (blocking === null) return false;
    activate(blocking.name);
    focusQuestion(blocking.name);
    return true;
  }, [outlook]);
  const hasBeside = task.redo !== null || checks > 0;
  const outgoing = useMemo(
    () => (hasBeside ? answersOf(confirmAll(form, asked, preselected), questions) : answers),
    [hasBeside, form, asked, preselected, questions, answers],
  );
  const check = useCallback(() => {
    if (!isBlocked()) setChecks((count) => count + 1);
  }, [isBlocked]);

  const submit = useCallback(() => {
    if (isBlocked()) return;
    const held = copying.hold();
    if (held !== null) {
      activate(held.question);
      if (held.isBlocked) focusQuestion(held.question);
      return;
    }
    const confirmed = confirmAll(form, asked, preselected);
    if (confirmsFirst) {
      control.replace(confirmed);
      return;
    }
    onSubmit({
      answers: answersOf(confirmed, questions),
      shown: shownOf(suggestions, preselected, revealedAt()),
      form: confirmed,
      writing: writing(),
    });
  }, [
    isBlocked,
    copying.hold,
    form,
    asked,
    preselected,
    confirmsFirst,
    questions,
    suggestions,
    revealedAt,
    onSubmit,
    control.replace,
    writing,
  ]);

  const move = (steps: number) => {
    const at = asked.findIndex(({ name }) => name === active?.name);
    const next = asked[Math.min(asked.length - 1, Math.max(0, at + steps))];
    if (next === undefined) return;
    activate(next.name);
    focusQuestion(next.name);
  };

  // Going on waits for the answer, which may have brought up the question to go on to, but not for a paint: the
  // next key is for that question.
  const movesOn = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the form
  useLayoutEffect(() => {
    if (movesOn.current) move(1);
    movesOn.current = false;
  }, [form]);

  const toggleExplained = (question: string) =>
    explain((before) => {
      const after = new Set(before);
      if (!after.delete(question)) after.add(question);
      return after;
    });

  const repeat = () => {
    const earlier = task.seen_before?.answers ?? props.previous;
    if (earlier !== null && earlier !== undefined)
      control.replace(formOf(earlier, questions, preselected, true));
  };

  const onOption = (key: string) => {
    const option = active && optionOfKey(active, key.toLowerCase());
    if (active === undefined || option === undefined) return;
    control.pick(active, option.name);
    movesOn.current = isYesOrNo(active, key.toLowerCase());
  };

  const rateNext = (question: Question) => {
    const at = CONFIDENCES.indexOf(form.confidences[question.name] ?? "sure");
    const next =
      form.confidences[question.name] === "sure" ? "sure" : CONFIDENCES[(at + 1) % CONFIDENCES.length];
    if (next !== undefined) control.rate(question, next);
  };

  const undo = control.hasHistory ? control.undo : props.onUndo;
  const suggestion = active && suggestionFor(active, suggestions);
  const hasOffer = active !== undefined && (preselected[active.name]?.length ?? 0) > 0;
  const page = (id: string, keys: string[], run: Command["run"], given: Partial<Command> = {}): Command => ({
    id: `annotate.${id}`,
    keys,
    label: `keys.${id}`,
    scope: "page",
    run,
    ...given,
  });
  const arrowsAreFree = (key: string) =>
    !key.startsWith("Arrow") ||
    !document.activeElement?.closest(".subject, .split, .guideline-panel, .compared-text");

  useCommands([
    {
      ...page("option", active ? optionKeys(active) : [], onOption),
      scope: "form",
      isFixed: true,
      isEnabled: () => active !== undefined,
    },
    page("next", ["j", "ArrowDown"], () => move(1), { isEnabled: arrowsAreFree }),
    page("previous", ["k", "ArrowUp"], () => move(-1), { isEnabled: arrowsAreFree }),
    page(
      "accept",
      ["a"],
      () => {
        if (active === undefined) return;
        control.accept(active);
        movesOn.current = true;
      },
      { isEnabled: () => hasOffer },
    ),
    page("reject", ["x"], () => active && control.reject(active), { isEnabled: () => hasOffer }),
    page("explain", ["e"], () => active && toggleExplained(active.name), {
      isEnabled: () => Boolean(suggestion?.explanation),
    }),
    page("reveal", canReveal ? ["h"] : [], reveal),
    page("sure", active?.ask_confidence ? ["u"] : [], () => active && rateNext(active)),
    page("find", ["/"], () => focusTypeAhead(active), { isEnabled: () => hasTypeAhead(active) }),
    page("guideline", ["q"], () => props.onGuideline(!props.isGuidelineOpen)),
    page("submit", ["Enter"], submit),
    page("submit_text", ["Ctrl+Enter"], submit, { inText: true }),
    page("undo", ["z", "Ctrl+z"], undo),
    page("redo", ["Shift+Z", "Ctrl+Shift+Z", "Ctrl+y"], control.redo),
    ...(props.checkedBy ? [page("check", ["c", "Ctrl+j"], check, { inText: true })] : []),
    ...(props.onSkip ? [page("skip", ["s"], props.onSkip)] : []),
    ...(props.onReject ? [page("reject_item", ["Shift+S"], () => setRejecting(true))] : []),
    ...(props.onFlag ? [page("flag", ["f"], () => props.onFlag?.(active?.name))] : []),
    page("repeat", ["="], repeat, { isEnabled: () => (task.seen_before ?? props.previous) !== null }),
    page("leave", ["Escape"], () => active && document.getElementById(`question-${active.name}`)?.focus(), {
      inText: true,
    }),
  ]);

  const evidence = useMemo(
    () => (suggestion?.status === "ok" ? (suggestion.explanation?.evidence ?? []) : []),
    [suggestion],
  );

  const given = assistance?.assistant.query_is_field ? assistance.assistant.query : null;
  const left = useMemo(() => {
    const shown = [given, ...asked.flatMap(fieldsOf)];
    return subject.filter(({ name }) => !shown.includes(name));
  }, [subject, given, asked]);
  const questionItem = useMemo(
    () => ({ subject, fields: task.item.fields, orders: task.orders, questions: asked, hasKeys: true }),
    [subject, task, asked],
  );
  const isAlone = isBare(left, task.item);
  const Pane = isAlone ? "main" : "section";
  const hasDrafts = assistance !== null && assistance.without === null;
  // Who writes without a model is reminded all the same of what a good answer is.
  const alone = isWriting(questions) ? asked.findLast(isWritten) : undefined;
  const goodAnswer = (
    <Suspense>
      <GoodAnswer rubrics={props.rubrics ?? []} onOpen={() => props.onGuideline(true)} />
    </Suspense>
  );
  const around =
    assistance === null
      ? alone && { [alone.name]: { after: goodAnswer } }
      : {
          [assistance.drafted.name]: {
            before: (
              <>
                {given !== null && <GivenQueryOf name={given} subject={subject} task={task} />}
                <Suspense fallback={<div className="assist-bar" />}>
                  <AssistBar
                    assist={assistance.assist}
                    assistant={assistance.assistant}
                    without={assistance.without}
                    hasQuery={assistance.hasQuery}
                    onGenerate={assistance.generate}
                  />
                </Suspense>
              </>
            ),
            after: goodAnswer,
          },
        };
  const beside = hasBeside && (
    <Suspense fallback={<aside className="beside" aria-busy="true" />}>
      <Beside
        task={task}
        questions={questions}
        answers={outgoing}
        rubrics={props.checkedBy ?? []}
        asked={checks}
        onCloseCheck={() => setChecks(0)}
      />
    </Suspense>
  );

  return (
    <ItemContext.Provider value={questionItem}>
      <WrittenWithProvider value={provenance.written}>
        <div
          className="work"
          data-stacked={isStacked(asked, left) || undefined}
          data-alone={isAlone || undefined}
          data-beside={(hasBeside && !hasDrafts) || undefined}
          data-assist={hasDrafts || undefined}
          style={{ "--form": `${share.value}%` }}
        >
          {!isAlone && <Subject subject={left} item={task.item} evidence={evidence} question={active} />}
          {!hasDrafts && beside}
          <Pane className="form" aria-label={t("annotate.form")}>
            <Split share={share.value} onMove={share.move} onSettle={share.keep} />
            <Questions
              control={control}
              settings={settings}
              active={active?.name}
              explained={explained}
              onActivate={activate}
              onExplain={toggleExplained}
              onSubmit={submit}
              around={around}
              before={
                <>
                  {props.notices}
                  {task.guideline_changed && !isChangeSeen && (
                    <GuidelineChanged change={task.guideline_changed} onClose={() => setChangeSeen(true)} />
                  )}
                  {task.seen_before && <SeenBefore seen={task.seen_before} onApply={repeat} />}
                  {suggestions.length > 0 ? (
                    <Source
                      suggestions={suggestions}
                      onCard={() => openCard(true)}
                      rated={
                        props.isTrial
                          ? null
                          : {
                              assignment: task.assignment,
                              isNew: task.revision === 0 && task.draft === null,
                            }
                      }
                    />
                  ) : (
                    <Hidden task={task} onReveal={canReveal ? reveal : undefined} />
                  )}
                </>
              }
              after={
                <>
                  {props.ending}
                  {props.onReject && (
                    <div className="reject">
                      <span className="grow">{t("annotate.cannot_be_judged")}</span>
                      {REJECT_REASONS.map((reason) => (
                        <Button
                          key={reason}
                          look="quiet"
                          small
                          onClick={() =>
                            reason === "other" ? setRejecting(reason) : props.onReject?.(reason, "")
                          }
                        >
                          {t(`annotate.reasons.${reason}`)}
                        </Button>
                      ))}
                    </div>
                  )}
                </>
              }
            />
            {props.isGuidelineOpen && (
              <GuidelinePanel
                sections={props.sections}
                questions={questions}
                at={active?.name}
                onClose={() => props.onGuideline(false)}
              />
            )}
          </Pane>
          {hasDrafts && (
            <div className="assist-column">
              <Suspense fallback={<aside className="drafts" aria-busy="true" />}>
                <Drafts
                  assist={assistance.assist}
                  assistant={assistance.assistant}
                  slug={props.slug ?? ""}
                  questions={questions}
                  query={assistance.query}
                  blocks={
                    provenance.written?.measured[assistance.drafted.name]?.alignment.blocks ?? NO_BLOCKS
                  }
                  onInsert={insert}
                />
              </Suspense>
              {beside}
            </div>
          )}
        </div>
        <Foot
          outlook={outlook}
          confirmsFirst={confirmsFirst}
          copied={
            copying.copied && {
              title: asked.find(({ name }) => name === copying.copied?.question)?.title ?? "",
              copied: copying.copied,
            }
          }
          isCopyAccepted={copying.isAccepted}
          filled={assistance === null ? undefined : asked.filter(isWritten).map(({ title }) => title)}
          onUndo={undo}
          onSkip={props.onSkip}
          onReject={props.onReject && (() => setRejecting(true))}
          onFlag={props.onFlag && (() => props.onFlag?.(active?.name))}
          onCheck={props.checkedBy && check}
        />
        {rejecting !== null && props.onReject && (
          <RejectDialog
            reason={rejecting === true ? undefined : rejecting}
            onClose={() => setRejecting(null)}
            onReject={(reason, note) => {
              setRejecting(null);
              props.onReject?.(reason, note);
            }}
          />
        )}
        {isCardOpen && suggestions.length > 0 && (
          <ModelCard
            suggestions={suggestions}
            questions={questions}
            onClose={() => {
              markSeen(suggestions);
              openCard(false);
            }}
          />
        )}
      </WrittenWithProvider>
    </ItemContext.Provider>
  );
}

/** A text with more of a draft than is right: it is held back, or a second press sends it. */
function useCopying(
  { copied, copiedNow }: Pick<Provenance, "copied" | "copiedNow">,
  asked: readonly Question[],
  texts: Readonly<Record<string, string>>,
) {
  const [accepted, accept] = useState<string | null>(null);
  const isAsked = useCallback(
    (found: Copied | null) => asked.some(({ name }) => name === found?.question),
    [asked],
  );
  const shown = isAsked(copied) ? copied : null;
  const hold = useCallback((): Copied | null => {
    const found = copiedNow();
    if (found === null || !isAsked(found)) return null;
    if (!found.isBlocked && accepted === texts[found.question]) return null;
    accept(texts[found.question] ?? null);
    return found;
  }, [copiedNow, isAsked, accepted, texts]);
  return {
    copied: shown,
    /** The next press sends the text as it is. */
    isAccepted: shown !== null && accepted === texts[shown.question],
    /** What holds the text back at this press; null when it may go. */
    hold,
  };
}

/** What is asked, where it came with the item. */
function GivenQueryOf({
  name,
  subject,
  task,
}: {
  name: string;
  subject: readonly SubjectField[];
  task: AnnotatorTask;
}) {
  const field = subject.find((each) => each.name === name);
  return field === undefined ? null : <GivenQuery field={field} value={task.item.fields[name] ?? null} />;
}

/** Why no suggestion is shown, where one could be. */
function Hidden({ task, onReveal }: { task: AnnotatorTask; onReveal: (() => void) | undefined }) {
  const { t } = useTranslation();
  if (onReveal)
    return (
      <div className="source">
        <span className="grow">{t("annotate.hidden.on_request")}</span>
        <Button small look="quiet" command="annotate.reveal" onClick={onReveal}>
          {t("annotate.hidden.show")}
        </Button>
      </div>
    );
  if (task.reveal.policy !== "after_choice" || task.reveal.held_out) return null;
  return <p className="source">{t("annotate.hidden.after_choice")}</p>;
}

/** The moment each suggestion was first on screen. */
function useRevealTimes(suggestions: readonly TaskSuggestion[]): () => Readonly<Record<number, string>> {
  const times = useRef<Record<number, string>>({});
  useEffect(() => {
    const now = new Date().toISOString();
    for (const { id } of suggestions) times.current[id] ??= now;
  }, [suggestions]);
  return useCallback(() => times.current, []);
}

/** Tell of every change before it is painted, not of the state the item came with. */
function useReports(
  form: Form,
  answers: Answers,
  writing: () => Record<string, Writing>,
  initial: Form,
  onChange: TaskViewProps["onChange"],
): void {
  const last = useRef(initial);
  useLayoutEffect(() => {
    if (form === last.current) return;
    last.current = form;
    onChange?.(form, answers, writing());
  }, [form, answers, writing, onChange]);
}

/** After the person's first own choice the model's may be seen. */
function useRevealAfterChoice(
  task: AnnotatorTask,
  answers: Answers,
  onReveal: TaskViewProps["onReveal"],
  show: (suggestions: TaskSuggestion[]) => void,
): void {
  const isAsked = useRef(false);
  useEffect(() => {
    if (task.reveal.policy !== "after_choice" || task.reveal.held_out || isAsked.current) return;
    if (task.suggestions.length > 0 || Object.keys(answers).length === 0 || onReveal === undefined) return;
    isAsked.current = true;
    void onReveal(answers).then(show, () => {
      isAsked.current = false;
    });
  }, [task, answers, onReveal, show]);
}

function useFocusOnStart(assignment: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: again for each item
  useLayoutEffect(() => {
    const first = document.querySelector<HTMLElement>(".pages .question");
    if (document.querySelector("dialog[open]") === null) first?.focus({ preventScroll: true });
  }, [assignment]);
}

/** How wide the form is, kept for the person. */
function useFormShare() {
  const [value, move] = useState(() => currentMe()?.preferences.form_share ?? DEFAULT_FORM_SHARE);
  const keep = (share: number) => {
    move(share);
    void savePreferences({ form_share: share });
  };
  return { value, move, keep };
}

function focusQuestion(name: string): void {
  const question = document.getElementById(`question-${name}`);
  question?.focus({ preventScroll: true });
  question?.scrollIntoView({ block: "nearest" });
  if (question?.querySelector(".text-answer"))
    question.querySelector<HTMLElement>("textarea, input[type=text]")?.focus();
}

function typeAheadOf(question: Question | undefined): HTMLElement | null {
  return question === undefined ? null : document.querySelector(`[data-type-ahead="${question.name}"]`);
}

function hasTypeAhead(question: Question | undefined): boolean {
  return typeAheadOf(question) !== null;
}

function focusTypeAhead(question: Question | undefined): void {
  typeAheadOf(question)?.focus();
}

function isUnseen(suggestions: readonly TaskSuggestion[]): boolean {
  const seen = currentMe()?.preferences.seen_cards ?? [];
  return currentMe() !== null && modelsOf(suggestions).some((model) => !seen.includes(modelKey(model)));
}

function markSeen(suggestions: readonly TaskSuggestion[]): void {
  const seen = currentMe()?.preferences.seen_cards ?? [];
  void savePreferences({ seen_cards: [...new Set([...seen, ...modelsOf(suggestions).map(modelKey)])] });
}
