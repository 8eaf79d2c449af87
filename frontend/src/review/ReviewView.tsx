/**
 * One answer under review, complete: what the annotator saw and said at the start, the rubric at the end, the foot,
 * and every key. It knows nothing of the server; whoever shows it says what becomes of a review.
 */
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { GuidelinePanel } from "../annotate/GuidelinePanel";
import { Subject } from "../annotate/Subject";
import type { Schema, Section } from "../api/types";
import { ItemContext } from "../questions/kind";
import { useQuestionItem } from "../questions/useQuestionItem";
import { Icon } from "../shared/Icon";
import { type Command, useCommands } from "../shared/keys";
import { difference, isSame } from "./difference";
import { Earlier } from "./Earlier";
import { formatPoints } from "./figures";
import { GivenAnswer } from "./GivenAnswer";
import { JudgeVerdict } from "./JudgeVerdict";
import { gradeOfKey, NoVerdict, PartRow } from "./PartRow";
import { ReviewFoot } from "./ReviewFoot";
import { RubricHead } from "./RubricHead";
import { RubricRows } from "./RubricRows";
import {
  agreementOn,
  agreementsOf,
  findingsOf,
  outlookOf,
  type Part,
  partsOf,
  type ReviewForm,
  verdictOn,
} from "./review_form";
import { ScoreBar, StatusWord } from "./ScoreBar";
import { Start } from "./Start";
import type { Agreement, Finding, JudgeOpinion, ReviewTask, Status } from "./types";
import { useReviewForm } from "./useReviewForm";

export interface Reviewed {
  findings: Finding[];
  agreements: Record<string, Agreement>;
  note: string;
  status: Status;
}

export interface ReviewViewProps {
  task: ReviewTask;
  schema: Pick<Schema, "subject" | "questions">;
  sections: readonly Section[];
  initial: ReviewForm;
  /** Whether the review was begun before, so that it goes on at once. */
  isBegun: boolean;
  isBusy: boolean;
  isGuidelineOpen: boolean;
  onGuideline: (isOpen: boolean) => void;
  onStart: () => void;
  onChange: (form: ReviewForm) => void;
  /** Keep the own findings as they stand, then bring the judge's. */
  onReveal: (findings: Finding[]) => Promise<JudgeOpinion | null>;
  onStore: (reviewed: Reviewed) => void;
  /** Nothing is left to undo in the form. */
  onUndo: () => void;
  onSkip?: () => void;
  onList: () => void;
  notices?: ReactNode;
}

export function ReviewView(props: ReviewViewProps) {
  const { task, schema, isBusy, onChange } = props;
  const { t } = useTranslation();
  const control = useReviewForm(task, props.initial);
  const { form, parts, scores, status } = control;
  const [isBegun, begin] = useState(props.isBegun);
  const [opinion, setOpinion] = useState(task.judge);
  const [judgeWaits, setWaits] = useState(task.judge_waits && task.judge === null);
  const [isRevealing, setRevealing] = useState(false);
  const [showsChanges, showChanges] = useState(task.previous !== null);
  const [activeName, activate] = useState(parts[0]?.name);
  const active = parts.find(({ name }) => name === activeName) ?? parts[0];
  const outlook = isBegun ? outlookOf(form, parts, status, judgeWaits) : null;
  const { questionItem, left } = useQuestionItem(schema, task.item, task.orders);
  const titles = useMemo(() => titlesOf(schema), [schema]);
  const isUnchanged = useIsUnchanged(task);
  const verdict = active && verdictOn(opinion, active.name);

  useFocusOnStart(isBegun, active?.name);
  useReports(form, props.initial, onChange);

  const start = () => {
    begin(true);
    props.onStart();
  };

  const goTo = (name: string, place: "part" | "explanation" = "part") => {
    activate(name);
    focusPart(name, place);
  };

  const reveal = async () => {
    if (isRevealing) return;
    setRevealing(true);
    try {
      setOpinion(await props.onReveal(findingsOf(form, parts)));
      setWaits(false);
    } catch {
      // Whoever shows the review says what went wrong; it can be asked for again.
    } finally {
      setRevealing(false);
    }
  };

  const submit = () => {
    if (isBusy) return;
    if (outlook === null) return start();
    switch (outlook.act) {
      case "grade":
      case "decide":
        return goTo(outlook.part.name);
      case "explain":
        return goTo(outlook.part.name, "explanation");
      case "reveal":
        return void reveal();
      case "store":
        return props.onStore({
          findings: findingsOf(form, parts),
          agreements: agreementsOf(form, parts, opinion),
          note: form.note.trim(),
          status: outlook.status,
        });
    }
  };

  const move = (steps: number) => {
    const at = parts.findIndex(({ name }) => name === active?.name);
    const next = parts[Math.min(parts.length - 1, Math.max(0, at + steps))];
    if (next !== undefined) goTo(next.name);
  };

  const countBy = (by: number) => {
    if (active?.kind === "error") control.count(active.error, (form.counts[active.name] ?? 0) + by);
  };

  const onDigit = (key: string) => {
    if (active?.kind === "error") control.count(active.error, Number(key));
    const grade = active?.kind === "criterion" ? gradeOfKey(active.criterion, key) : null;
    if (active !== undefined && grade !== null) control.grade(active.name, grade);
  };

  const undo = control.hasHistory ? control.undo : props.onUndo;
  const page = (id: string, keys: string[], run: Command["run"], given: Partial<Command> = {}): Command => ({
    id: `review.${id}`,
    keys,
    label: `review.keys.${id}`,
    scope: "page",
    run,
    ...given,
  });
  const whileBegun = { isEnabled: () => isBegun };
  const arrowsAreFree = (key: string) =>
    isBegun && (!key.startsWith("Arrow") || !document.activeElement?.closest(".subject, .guideline-panel"));
  useCommands([
    {
      ...page("grade", DIGITS, onDigit, whileBegun),
      scope: "form",
      isFixed: true,
    },
    page("not_applicable", ["n"], () => onDigit("n"), {
      isEnabled: () => isBegun && active?.kind === "criterion" && active.criterion.allow_na,
    }),
    page("more", ["+", "="], () => countBy(1), { isEnabled: () => isBegun && active?.kind === "error" }),
    page("fewer", ["-"], () => countBy(-1), { isEnabled: () => isBegun && active?.kind === "error" }),
    page("next", ["j", "ArrowDown"], () => move(1), { isEnabled: arrowsAreFree }),
    page("previous", ["k", "ArrowUp"], () => move(-1), { isEnabled: arrowsAreFree }),
    page("explain", ["e"], () => active && goTo(active.name, "explanation"), whileBegun),
    page("agree", ["a"], () => active && verdict && control.agree(active, verdict), {
      isEnabled: () => isBegun && verdict !== undefined,
    }),
    page("disagree", ["x"], () => active && verdict && control.disagree(active, verdict), {
      isEnabled: () => isBegun && verdict !== undefined,
    }),
    page("guideline", ["q"], () => props.onGuideline(!props.isGuidelineOpen)),
    ...(task.previous ? [page("changes", ["d"], () => showChanges((shown) => !shown))] : []),
    page("submit", ["Enter"], submit),
    page("submit_text", ["Ctrl+Enter"], submit, { inText: true }),
    page("undo", ["z", "Ctrl+z"], undo),
    page("redo", ["Shift+Z", "Ctrl+Shift+Z", "Ctrl+y"], control.redo),
    ...(props.onSkip ? [page("skip", ["s"], props.onSkip)] : []),
    page("leave", ["Escape"], () => active && focusPart(active.name), { inText: true }),
  ]);

  const rowOf = (part: Part) => {
    const found = scores.find(({ rubric }) => partsOf([rubric], null).some(({ name }) => name === part.name));
    if (found === undefined) return null;
    const own = verdictOn(opinion, part.name);
    return (
      <PartRow
        key={part.name}
        part={part}
        form={form}
        score={found.score}
        maximum={found.rubric.max_score}
        titles={titles}
        isActive={part.name === active?.name}
        judge={
          opinion === null ? null : own === undefined ? (
            <NoVerdict />
          ) : (
            <JudgeVerdict
              part={part}
              verdict={own}
              model={opinion.model}
              agreement={agreementOn(form, part, own)}
              isDisputed={form.disputed.includes(part.name)}
              isActive={part.name === active?.name}
              onAgree={() => control.agree(part, own)}
              onDisagree={() => control.disagree(part, own)}
            />
          )
        }
        onActivate={() => activate(part.name)}
        onGrade={(grade) => control.grade(part.name, grade)}
        onCount={(count) => part.kind === "error" && control.count(part.error, count)}
        onExplain={(text) => control.explain(part.name, text)}
        onSettle={control.settle}
      />
    );
  };

  return (
    <>
      <div className="work">
        <ItemContext.Provider value={questionItem}>
          <Subject subject={left} item={task.item} evidence={NO_EVIDENCE} question={undefined}>
            <Earlier
              task={task}
              showsChanges={showsChanges}
              onChanges={showChanges}
              isUnchanged={isUnchanged}
            />
            <GivenAnswer
              questions={schema.questions}
              answers={task.answers}
              revision={task.revision}
              before={showsChanges ? (task.previous?.answers ?? null) : null}
            />
          </Subject>
        </ItemContext.Provider>
        <section className="form rubric" aria-label={t("review.rubric")}>
          <RubricHead task={task} opinion={opinion} judgeWaits={judgeWaits} />
          <form
            className="pages"
            id="rubric"
            tabIndex={-1}
            aria-label={t("review.criteria")}
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            {props.notices}
            {task.last_chance && (
              <p className="notice row last-chance">
                <Icon name="warning" /> {t("review.last_chance", { count: task.round })}
              </p>
            )}
            {isBegun ? (
              <>
                {scores.map(({ rubric }) => (
                  <RubricRows
                    key={rubric.name}
                    rubric={rubric}
                    isNamed={scores.length > 1}
                    only={task.only}
                    titles={titles}
                    points={scores.find((one) => one.rubric === rubric)?.score.parts ?? {}}
                    rowOf={rowOf}
                  />
                ))}
                {judgeWaits && (
                  <p className="verdict model locked">
                    <Icon name="lock" small /> {t("review.judge.locked")}
                  </p>
                )}
                <label className="review-note">
                  <span className="q">{t("review.note")}</span>
                  <textarea
                    className="field explanation"
                    rows={1}
                    dir="auto"
                    placeholder={t("review.note_optional")}
                    value={form.note}
                    onChange={(event) => control.write(event.target.value)}
                    onBlur={control.settle}
                  />
                </label>
              </>
            ) : (
              <Start parts={parts} titles={titles} onStart={start} />
            )}
          </form>
          {isBegun && (
            <div className="scores">
              {scores.map(({ rubric, score }) => (
                <ScoreBar key={rubric.name} rubric={rubric} score={score} isNamed={scores.length > 1} />
              ))}
              {scores.length > 1 && (
                <p className="row any">
                  <span className="meta grow">{t("review.score.any")}</span>
                  <StatusWord status={status} />
                </p>
              )}
            </div>
          )}
          <p className="vh" role="status">
            {isBegun &&
              scores
                .map(({ rubric, score }) =>
                  t("review.score.said", {
                    title: rubric.title,
                    score: formatPoints(score.shown, rubric.max_score),
                    most: formatPoints(rubric.max_score, rubric.max_score, true),
                    status: t(`review.score.${score.status ?? "open"}`),
                  }),
                )
                .join(" ")}
          </p>
          <p className="vh" role="status">
            {opinion !== null &&
              isBegun &&
              t("review.judge.revealed", {
                count: Object.values(agreementsOf(form, parts, opinion)).filter((one) => one === "disagree")
                  .length,
              })}
          </p>
          {props.isGuidelineOpen && (
            <GuidelinePanel
              sections={props.sections}
              questions={schema.questions}
              at={undefined}
              onClose={() => props.onGuideline(false)}
            />
          )}
        </section>
      </div>
      <ReviewFoot
        outlook={outlook}
        isCalibration={task.is_calibration}
        isLastChance={task.last_chance}
        isBusy={isBusy || isRevealing}
        onUndo={undo}
        onSkip={props.onSkip}
        onList={props.onList}
      />
    </>
  );
}

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const NO_EVIDENCE: never[] = [];

function titlesOf({ subject, questions }: Pick<Schema, "subject" | "questions">): Record<string, string> {
  return Object.fromEntries([...subject, ...questions].map(({ name, title }) => [name, title]));
}

/** Whether an answer came again as it was. */
function useIsUnchanged({ answers, previous }: ReviewTask): boolean {
  return useMemo(() => {
    if (previous === null) return false;
    const names = new Set([...Object.keys(answers), ...Object.keys(previous.answers)]);
    return [...names].every((name) => {
      const [now, then] = [answers[name], previous.answers[name]];
      if (now?.kind === "text" && then?.kind === "text") return isSame(difference(then.value, now.value));
      return JSON.stringify(now?.value) === JSON.stringify(then?.value);
    });
  }, [answers, previous]);
}

/** Tell of every change before it is painted, not of the state the review came with. */
function useReports(form: ReviewForm, initial: ReviewForm, onChange: ReviewViewProps["onChange"]): void {
  const last = useRef(initial);
  useLayoutEffect(() => {
    if (form === last.current) return;
    last.current = form;
    onChange(form);
  }, [form, onChange]);
}

/** The start has the focus until it is pressed, then the first row. */
function useFocusOnStart(isBegun: boolean, first: string | undefined): void {
  const firstPart = useRef(first);
  useEffect(() => {
    if (document.querySelector("dialog[open]") !== null) return;
    if (isBegun && firstPart.current) focusPart(firstPart.current);
    else document.getElementById("rubric")?.focus({ preventScroll: true });
  }, [isBegun]);
}

function focusPart(name: string, place: "part" | "explanation" = "part"): void {
  const row = document.getElementById(`part-${name}`);
  row?.scrollIntoView({ block: "nearest" });
  const text = place === "explanation" ? row?.querySelector("textarea") : null;
  (text ?? row)?.focus({ preventScroll: true });
}
