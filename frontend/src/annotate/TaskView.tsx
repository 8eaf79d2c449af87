/**
 * One item and its form, complete: what is judged at the start, the questions at the end, the foot, and every key.
 * It knows nothing of the server; whoever shows it says what becomes of a submit.
 */
import {
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
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
  TaskSuggestion,
  Writing,
} from "../api/types";
import type { AssistantSummary } from "../assist/types";
import { useInsertion } from "../assist/useInsertion";
import { withCandidates } from "../questions/chat/chat";
import { fieldsOf, ItemContext, isWriting, isWritten } from "../questions/kind";
import { suggestionFor } from "../questions/suggestion";
import type { Rubric } from "../review/types";
import type { Block } from "../write/alignment";
import { useCopying } from "../write/useCopying";
import { useProvenance } from "../write/useProvenance";
import { useWriting } from "../write/useWriting";
import { WrittenWithProvider } from "../write/written_with";
import { AboveDrafted } from "./AboveDrafted";
import "./beside.css";
import { Foot } from "./Foot";
import { useFocusOnStart } from "./focus";
import { answersOf, confirmAll, type Form, formOf, shownOf } from "./form";
import { GuidelinePanel } from "./GuidelinePanel";
import { Hidden } from "./Hidden";
import { ModelCard } from "./ModelCard";
import { GuidelineChanged, SeenBefore } from "./Notices";
import { Questions } from "./Questions";
import { CannotBeJudged, RejectDialog } from "./RejectDialog";
import { Source } from "./Source";
import { Split, useFormShare } from "./Split";
import { Subject } from "./Subject";
import { isBare, isStacked, subjectText } from "./subject_cards";
import { useActiveQuestion } from "./useActiveQuestion";
import { useAssistance } from "./useAssistance";
import { useForm } from "./useForm";
import { useModelCard } from "./useModelCard";
import { useReveal } from "./useReveal";
import { useTaskKeys } from "./useTaskKeys";

/** These load when there is something to say beside the form, and where a model writes drafts. */
const Beside = lazy(() => import("../feedback/Beside"));
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
  const { reveal, revealedAt } = useReveal(task, control, props.onReveal);
  const at = useActiveQuestion(asked, form);
  const { active, activate, goTo } = at;
  const [explained, explain] = useState<ReadonlySet<string>>(new Set());
  const [rejecting, setRejecting] = useState<RejectReason | true | null>(null);
  const card = useModelCard(task.suggestions, suggestions);
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
  const isBlocked = useCallback(() => {
    const blocking = outlook.tooLong ?? outlook.open;
    if (blocking !== null) goTo(blocking.name);
    return blocking !== null;
  }, [outlook, goTo]);
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
      if (held.isBlocked) goTo(held.question);
      else activate(held.question);
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
    goTo,
    activate,
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

  const toggleExplained = (question: string) =>
    explain((before) => {
      const after = new Set(before);
      if (!after.delete(question)) after.add(question);
      return after;
    });

  const earlier = task.seen_before?.answers ?? props.previous ?? null;
  const repeat =
    earlier === null ? undefined : () => control.replace(formOf(earlier, questions, preselected, true));
  const undo = control.hasHistory ? control.undo : props.onUndo;
  const flag = props.onFlag && (() => props.onFlag?.(active?.name));
  const rejectItem = props.onReject && (() => setRejecting(true));
  useTaskKeys(control, at, {
    submit,
    undo,
    explain: toggleExplained,
    toggleGuideline: () => props.onGuideline(!props.isGuidelineOpen),
    reveal,
    repeat,
    check: props.checkedBy && check,
    skip: props.onSkip,
    reject: rejectItem,
    flag,
  });

  const suggestion = active && suggestionFor(active, suggestions);
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
            before: <AboveDrafted assistance={assistance} subject={subject} item={task.item} />,
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
                  {task.seen_before && <SeenBefore seen={task.seen_before} onApply={() => repeat?.()} />}
                  {suggestions.length > 0 ? (
                    <Source
                      suggestions={suggestions}
                      onCard={card.open}
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
                    <Hidden task={task} onReveal={reveal} />
                  )}
                </>
              }
              after={
                <>
                  {props.ending}
                  {props.onReject && (
                    <CannotBeJudged onReject={props.onReject} onOther={() => setRejecting("other")} />
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
          onReject={rejectItem}
          onFlag={flag}
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
        {card.isOpen && <ModelCard suggestions={suggestions} questions={questions} onClose={card.close} />}
      </WrittenWithProvider>
    </ItemContext.Provider>
  );
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
