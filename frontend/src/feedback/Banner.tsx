/** What stands, in one line: redo or passed, by how much, what would have been enough, and until when it is kept. */
import { useTranslation } from "react-i18next";
import { formatPoints } from "../review/figures";
import { Icon } from "../shared/Icon";
import { momentOf } from "./entries";
import type { AnswerFeedback, Decision, Feedback } from "./types";

interface Props {
  answer: AnswerFeedback;
  decision: Decision | null;
  standing: Feedback | null;
  /** Whether the newest revision is shown: only of that one something can be done. */
  isNewest: boolean;
}

export function Banner({ answer, decision, standing, isNewest }: Props) {
  const { t } = useTranslation();
  if (decision === null)
    return (
      <div className="banner waiting" role="status">
        <span className="big">
          <Icon name="clock" /> {t("feedback.waits")}
        </span>
        <p>{t("feedback.waits_why")}</p>
      </div>
    );
  const isRedo = decision.status === "redo";
  const score = scoreWords(answer, standing, t);
  return (
    <div className={isRedo ? "banner" : "banner passed"} role="status">
      <span className="big">
        <Icon name={isRedo ? "redo" : "check"} /> {t(`feedback.status.${decision.status}`)}
      </span>
      <p>
        {score && <b>{score}</b>} {isRedo && isNewest && answer.enough}{" "}
        {isRedo && isNewest && answer.state === "withdrawn" && t("feedback.given_away_why")}
      </p>
      {isRedo && isNewest && answer.can_redo && answer.redo_until && (
        <span className="ctl">{t("feedback.kept_until", { when: momentOf(answer.redo_until) })}</span>
      )}
    </div>
  );
}

/** Of each rubric the score beside its threshold. */
function scoreWords(
  { rubrics }: AnswerFeedback,
  standing: Feedback | null,
  t: ReturnType<typeof useTranslation>["t"],
): string {
  const scores = (standing?.scores ?? []).flatMap(({ rubric: name, score }) => {
    const rubric = rubrics.find((one) => one.name === name);
    return rubric === undefined || score === null ? [] : [{ rubric, score }];
  });
  return scores
    .map(({ rubric, score }) => {
      const words = t("feedback.score_words", {
        score: formatPoints(score.shown, rubric.max_score),
        threshold: formatPoints(rubric.threshold, rubric.max_score, true),
      });
      return scores.length > 1 ? `${rubric.title}: ${words}` : words;
    })
    .join(" ");
}
