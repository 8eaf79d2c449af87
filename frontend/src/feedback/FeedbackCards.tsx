/** What was found in an answer: a card a criterion with its sources as rows, the errors, the comments. */
import { useTranslation } from "react-i18next";
import { RateVerdict } from "../assist/Rate";
import { formatPoints } from "../review/figures";
import { levelsOf, NOT_APPLICABLE } from "../review/score";
import type { Criterion, Rubric } from "../review/types";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { type CriterionCard, cardsOf, type ErrorCard, levelOf, type Row } from "./cards";
import { momentOf } from "./entries";
import "./feedback.css";
import type { Decision, Feedback, Finding } from "./types";

interface Props {
  /** The annotator's own, so that the judge's verdicts can be rated; null where it is somebody else's. */
  assignment: number | null;
  rubrics: readonly Rubric[];
  feedback: readonly Feedback[];
  decision: Decision | null;
}

export function FeedbackCards({ assignment, rubrics, feedback, decision }: Props) {
  const { t } = useTranslation();
  const { shown, best, unmade } = cardsOf(rubrics, feedback, decision);
  const said = feedback.filter((one) => one.note !== "" || one.reply !== null || hasOwnReason(one));
  const titles = best.map(({ criterion }) => criterion.title).join(", ");
  return (
    <>
      {shown.map((card) =>
        card.kind === "criterion" ? (
          <CriterionView key={`criterion ${card.criterion.name}`} card={card} assignment={assignment} />
        ) : (
          <ErrorsView key={`errors ${card.rubric.name}`} card={card} assignment={assignment} />
        ),
      )}
      {said.length > 0 && <Comments said={said} />}
      {best.length > 0 && (
        <details className="folded">
          <summary>{t("feedback.best", { count: best.length, titles })}</summary>
          {best.map((card) => (
            <CriterionView key={card.criterion.name} card={card} assignment={assignment} />
          ))}
        </details>
      )}
      {unmade.length > 0 && (
        <p className="meta unmade">
          {t("feedback.unmade", { titles: unmade.map(({ title }) => title).join(", ") })}
        </p>
      )}
    </>
  );
}

function CriterionView({ card, assignment }: { card: CriterionCard; assignment: number | null }) {
  const { t } = useTranslation();
  const { criterion, rubric, rows, counted, points } = card;
  return (
    <section className="card fb" aria-label={criterion.title}>
      <header>
        <h3 className="q" dir="auto">
          {criterion.title}
        </h3>
        {counted && (
          <span className={`chip ${toneOf(criterion, counted.grade)}`} dir="auto">
            {gradeLabel(criterion, counted.grade, t) ?? t("feedback.no_verdict")}
          </span>
        )}
        <span className="grow" />
        {points && (
          <>
            <b className="ctl">{formatPoints(points.got, rubric.max_score)}</b>
            <span className="meta">
              {t("feedback.of", { most: formatPoints(points.most, rubric.max_score, true) })}
            </span>
          </>
        )}
      </header>
      {rows.map((row) => (
        <RowView
          key={row.feedback.id}
          row={row}
          assignment={assignment}
          title={criterion.title}
          said={gradeLabel(criterion, row.finding.grade, t)}
          rows={rows}
        >
          {row.finding.contradicts !== null &&
            t("feedback.contradicts", {
              grade: gradeLabel(criterion, row.finding.grade, t) ?? "",
              other: gradeLabel(criterion, row.finding.contradicts, t) ?? row.finding.contradicts,
            })}
        </RowView>
      ))}
    </section>
  );
}

function ErrorsView({
  card: { errors, off, rubric },
  assignment,
}: {
  card: ErrorCard;
  assignment: number | null;
}) {
  const { t } = useTranslation();
  return (
    <section className="card fb" aria-label={t("feedback.points_off")}>
      <header>
        <h3 className="q">{t("feedback.points_off")}</h3>
        {errors
          .filter(({ counted }) => counted > 0)
          .map(({ error, counted }) => (
            <span key={error.name} className="chip redo" dir="auto">
              {t("feedback.times", { title: error.title, count: counted })}
            </span>
          ))}
        <span className="grow" />
        <b className={off < 0 ? "ctl redo" : "ctl"}>{formatPoints(off, rubric.max_score)}</b>
      </header>
      {errors.flatMap(({ error, rows }) =>
        rows.map((row) => (
          <RowView
            key={`${error.name} ${row.feedback.id}`}
            row={row}
            assignment={assignment}
            title={error.title}
            rows={rows}
            said={
              row.finding.count === null
                ? null
                : row.finding.count > 0
                  ? t("feedback.times", { title: error.title, count: row.finding.count })
                  : t("feedback.none_of", { title: error.title })
            }
          >
            {row.finding.contradicts !== null && t("feedback.contradicts_count")}
          </RowView>
        )),
      )}
    </section>
  );
}

interface RowProps {
  row: Row;
  assignment: number | null;
  /** Of the criterion or error. */
  title: string;
  /** All of this part, to name whose word counts. */
  rows: readonly Row[];
  /** The grade in words; null when there is none. */
  said: string | null;
  /** Why to be careful with it. */
  children?: false | string;
}

function RowView({ row, assignment, title, rows, said, children }: RowProps) {
  const { feedback, finding, counts, isOverridden } = row;
  const { t } = useTranslation();
  const isJudge = feedback.source === "judge";
  const isSure = finding.status === "ok";
  const counting = rows.find((row) => row.counts)?.feedback;
  const notes = [
    isJudge && feedback.model?.name,
    isOverridden && counting && t(`feedback.overridden_by.${counting.source}`),
    isJudge && counts && rows.length > 1 && t("feedback.counts"),
  ].filter((note): note is string => typeof note === "string");
  return (
    <div className={isJudge ? "src m" : "src"}>
      <SourceTag feedback={feedback} />
      <span className={counts ? "said counts" : "said"} dir="auto">
        {isSure ? (
          <>
            {said}
            {finding.confidence !== null && `, ${formatPercent(finding.confidence)}`}
          </>
        ) : (
          <span className="meta">{t("feedback.no_verdict")}</span>
        )}
      </span>
      <div className="why-so">
        {!isSure && <p>{noVerdict(finding, t)}</p>}
        <p>
          {finding.explanation !== "" && (
            <>
              <bdi>{finding.explanation}</bdi>{" "}
            </>
          )}
          {isSure && finding.explanation === "" && !isJudge && (
            <span className="meta">{t("feedback.no_words")}</span>
          )}
          <span className="meta">{notes.join(" · ")}</span>
        </p>
        {children && (
          <p className="warn doubt">
            <Icon name="warning" small /> {children}
          </p>
        )}
        {isJudge && isSure && assignment !== null && (
          <RateVerdict
            assignment={assignment}
            rated="verdict"
            target={feedback.id}
            part={finding.part}
            title={title}
          />
        )}
      </div>
    </div>
  );
}

function Comments({ said }: { said: readonly Feedback[] }) {
  const { t } = useTranslation();
  return (
    <section className="card fb" aria-label={t("feedback.comments")}>
      <header>
        <h3 className="q">{t("feedback.comments")}</h3>
      </header>
      {said.map((feedback) => (
        <div key={feedback.id} className={feedback.source === "judge" ? "src m" : "src"}>
          <SourceTag feedback={feedback} />
          <span className="meta">{t(feedback.note === "" ? "feedback.on_all" : "feedback.comment")}</span>
          <div className="why-so">
            {feedback.note !== "" && <p dir="auto">{feedback.note}</p>}
            {hasOwnReason(feedback) && (
              <p>{t("feedback.no_verdict_because", { reason: feedback.reason ?? "" })}</p>
            )}
            {feedback.reply && (
              <p className="replied">
                <b>{t("feedback.you_replied", { when: momentOf(feedback.reply.at) })}</b>{" "}
                <span dir="auto">{feedback.reply.text}</span>
              </p>
            )}
          </div>
        </div>
      ))}
    </section>
  );
}

export function SourceTag({ feedback: { source, label } }: { feedback: Pick<Feedback, "source" | "label"> }) {
  const isJudge = source === "judge";
  return (
    <span className={isJudge ? "tag m" : "tag h"}>
      <Mark of={isJudge ? "model" : "person"} /> {label}
    </span>
  );
}

type Translate = ReturnType<typeof useTranslation>["t"];

function noVerdict({ status, reason }: Finding, t: Translate): string {
  return t("feedback.no_verdict_because", { reason: reason ?? t(`feedback.verdict.${status}`) });
}

/** Why there is no status, where no row says it already. */
function hasOwnReason({ status, reason, findings }: Feedback): boolean {
  return status === null && reason !== null && findings.every((finding) => finding.status === "ok");
}

/** A grade in words; null for none. */
function gradeLabel(criterion: Criterion, grade: string | null, t: Translate): string | null {
  if (grade === NOT_APPLICABLE) return t("review.na");
  return criterion.grades.find(({ name }) => name === grade)?.label ?? grade;
}

function toneOf(criterion: Criterion, grade: string | null): "" | "pass" | "warn" | "redo" {
  const level = levelOf(criterion, grade);
  if (level === null) return "";
  if (level === levelsOf(criterion)) return "pass";
  return level === 1 ? "redo" : "warn";
}
