/** Beside the form of an answer that came back: why it came back, and what was changed since. */
import { useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import type { Answers, Question } from "../api/types";
import { GivenAnswer } from "../review/GivenAnswer";
import "../review/review.css";
import { standing } from "./cards";
import { changedQuestions } from "./changes";
import { momentOf } from "./entries";
import { FeedbackCards } from "./FeedbackCards";
import type { Decision, RedoTask } from "./types";

interface Props {
  assignment: number;
  redo: RedoTask;
  questions: readonly Question[];
  /** The answers as they stand on the form. */
  answers: Answers;
}

export function Mend({ assignment, redo, questions, answers }: Props) {
  const { t } = useTranslation();
  const now = useDeferredValue(answers);
  const { feedback, rubrics } = redo;
  const changed = changedQuestions(redo.answers, now);
  const counts = standing(
    feedback.filter(({ status }) => status === "redo"),
    null,
  );
  const decision: Decision | null = counts && {
    status: "redo",
    by: counts.source,
    decided_at: counts.created_at,
  };
  return (
    <>
      <section aria-label={t("feedback.mend.title")}>
        <h2>{t("feedback.mend.title")}</h2>
        <p className="meta kept">
          <span className="round">
            {t("feedback.mend.round", { round: redo.round, rounds: redo.rounds })}
          </span>{" "}
          {redo.until && <span>{t("feedback.mend.until", { when: momentOf(redo.until) })}</span>}
        </p>
        <FeedbackCards assignment={assignment} rubrics={rubrics} feedback={feedback} decision={decision} />
      </section>
      <section aria-label={t("feedback.mend.changes")}>
        <h2>{t("feedback.mend.changes")}</h2>
        <p className="meta">
          {changed.length === 0
            ? t("feedback.mend.nothing")
            : t("feedback.mend.changed", { count: changed.length })}
        </p>
        {changed.length > 0 && (
          <div className="own-answers">
            <GivenAnswer
              questions={questions.filter(({ name }) => changed.includes(name))}
              answers={now}
              revision={feedback[0]?.revision ?? 1}
              before={redo.answers}
            />
          </div>
        )}
      </section>
    </>
  );
}
