/** The judge's advice on the answer as it stands, verdict by verdict; it never keeps anybody from submitting. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Answers } from "../api/types";
import { RateVerdict } from "../assist/Rate";
import { formatPoints } from "../review/figures";
import { NOT_APPLICABLE } from "../review/score";
import type { Criterion, ErrorCategory, Rubric, Verdict } from "../review/types";
import { Button } from "../shared/Button";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import "./feedback.css";
import { changedQuestions } from "./changes";
import { type Check, useCheck } from "./useCheck";

interface Props {
  assignment: number;
  rubrics: readonly Rubric[];
  /** The answers as they stand. */
  answers: Answers;
  /** Raised by one each time the person asks. */
  asked: number;
  onClose: () => void;
}

export function CheckPanel({ assignment, rubrics, answers, asked, onClose }: Props) {
  const { t } = useTranslation();
  const { check, start, stop } = useCheck(assignment);
  const newest = useRef(answers);
  newest.current = answers;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asked > 0) void start(newest.current);
  }, [asked, start]);
  const isThere = check !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time it is asked
  useEffect(() => {
    panel.current?.scrollIntoView?.({ block: "nearest" });
  }, [asked, isThere]);
  if (check === null) return null;
  const isAsking = check.phase === "asking";
  const parts = rubrics.flatMap(({ criteria, errors }): (Criterion | ErrorCategory)[] => [
    ...criteria,
    ...errors,
  ]);
  const isOld = changedQuestions(check.answers, answers).length > 0;
  return (
    <section className="advice" ref={panel} aria-label={t("feedback.check.title")}>
      <div className="row">
        <h2 className="grow">{t("feedback.check.title")}</h2>
        {isAsking ? (
          <Button small icon="x" onClick={stop}>
            {t("feedback.check.stop")}
          </Button>
        ) : (
          <>
            <Button small icon="repeat" onClick={() => void start(answers)}>
              {t("feedback.check.again")}
            </Button>
            <Button look="quiet" small icon="x" aria-label={t("feedback.check.close")} onClick={onClose} />
          </>
        )}
      </div>
      <p className="meta">
        <span className="tag m">
          <Mark of="model" /> {t("feedback.from.judge")}
        </span>{" "}
        {t("feedback.check.advice")}
      </p>
      <p className={check.phase === "failed" ? "ctl" : "vh"} role="status">
        {standing(check, t)}
      </p>
      {isOld && !isAsking && check.phase !== "failed" && (
        <p className="note warn">
          <Icon name="warning" /> {t("feedback.check.changed")}
        </p>
      )}
      {check.phase !== "failed" && (
        <>
          {isAsking && (
            <p className="meta" aria-hidden="true">
              {t("feedback.check.asked_of", {
                done: formatNumber(check.verdicts.length),
                total: formatNumber(parts.length),
              })}
            </p>
          )}
          <ul className="checked" aria-busy={isAsking}>
            {parts.map((part) => (
              <Checked
                key={part.name}
                part={part}
                rated={check.id === null || isAsking ? null : { assignment, target: check.id }}
                verdict={check.verdicts.find(({ part: name }) => name === part.name)}
                isAsking={isAsking}
              />
            ))}
          </ul>
          <Outcome check={check} rubrics={rubrics} />
        </>
      )}
    </section>
  );
}

interface CheckedProps {
  part: Criterion | ErrorCategory;
  /** The check that is rated, once it is done. */
  rated: { assignment: number; target: number } | null;
  verdict: Verdict | undefined;
  isAsking: boolean;
}

function Checked({ part, rated, verdict, isAsking }: CheckedProps) {
  const { t } = useTranslation();
  if (verdict === undefined)
    return isAsking ? (
      <li data-waiting>
        <span className="row">
          <span className="grow" dir="auto">
            {part.title}
          </span>
          <span className="meta">{t("feedback.check.waiting")}</span>
        </span>
      </li>
    ) : null;
  const { status, confidence, explanation, contradicts, reason } = verdict;
  return (
    <li>
      <span className="row">
        <b className="grow" dir="auto">
          {part.title}
        </b>
        <span dir="auto">
          {status === "ok" ? saidOf(part, verdict, t) : t("feedback.no_verdict")}
          {status === "ok" && confidence !== null && `, ${formatPercent(confidence)}`}
        </span>
      </span>
      {status !== "ok" && (
        <span>{t("feedback.no_verdict_because", { reason: reason ?? t(`feedback.verdict.${status}`) })}</span>
      )}
      {explanation !== "" && <span dir="auto">{explanation}</span>}
      {contradicts !== null && (
        <span className="row warn">
          <Icon name="warning" small />{" "}
          {t("feedback.contradicts", {
            grade: saidOf(part, verdict, t),
            other: labelOf(part, contradicts, t),
          })}
        </span>
      )}
      {rated && status === "ok" && (
        <RateVerdict rated="check" part={part.name} title={part.title} {...rated} />
      )}
    </li>
  );
}

function Outcome({ check, rubrics }: { check: Check; rubrics: readonly Rubric[] }) {
  const { t } = useTranslation();
  if (check.outcome === null) return null;
  const { scores, card } = check.outcome;
  const share = (value: number | null) => (value === null ? "–" : formatPercent(value));
  return (
    <>
      {scores.map(({ rubric: name, score, reason }) => {
        const rubric = rubrics.find((one) => one.name === name);
        if (rubric === undefined) return null;
        return (
          <p key={name} className="ctl">
            {rubrics.length > 1 && <b dir="auto">{rubric.title}: </b>}
            {score === null
              ? t("feedback.check.no_score", { reason: reason ?? "" })
              : t("feedback.check.would_score", {
                  score: formatPoints(score.shown, rubric.max_score),
                  threshold: formatPoints(rubric.threshold, rubric.max_score, true),
                })}
          </p>
        );
      })}
      <p className="meta">
        {card === null
          ? t("feedback.check.no_card")
          : t("feedback.check.card", {
              count: card.n,
              recall: share(card.recall),
              precision: share(card.precision),
            })}
      </p>
    </>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

/** Only the start and the end are announced. */
function standing(check: Check, t: Translate): string {
  if (check.phase === "failed")
    return [t("feedback.check.unavailable"), check.reason].filter(Boolean).join(" ");
  return t(`feedback.check.${check.phase}`);
}

function saidOf(part: Criterion | ErrorCategory, { grade, count }: Verdict, t: Translate): string {
  if (count !== null) return count > 0 ? `× ${formatNumber(count)}` : t("feedback.check.not_found");
  return labelOf(part, grade ?? "", t);
}

function labelOf(part: Criterion | ErrorCategory, grade: string, t: Translate): string {
  if (grade === NOT_APPLICABLE) return t("review.na");
  const grades = "grades" in part ? part.grades : [];
  return grades.find(({ name }) => name === grade)?.label ?? grade;
}
