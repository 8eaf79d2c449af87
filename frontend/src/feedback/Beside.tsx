/** What stands beside the form when there is something to say: why an answer came back, and the judge's advice. */
import { useTranslation } from "react-i18next";
import type { AnnotatorTask, Answers, Question } from "../api/types";
import "../locales/feedback";
import type { Rubric } from "../review/types";
import { CheckPanel } from "./CheckPanel";
import { Mend } from "./Mend";
import type { RedoTask } from "./types";

interface Props {
  task: AnnotatorTask;
  questions: readonly Question[];
  answers: Answers;
  rubrics: readonly Rubric[];
  /** What would be sent now, if it is asked to be checked. */
  asked: number;
  onCloseCheck: () => void;
}

export default function Beside({ task, questions, answers, rubrics, asked, onCloseCheck }: Props) {
  const { t } = useTranslation();
  return (
    <aside className="beside" aria-label={t("feedback.beside")} tabIndex={0}>
      {asked > 0 && (
        <CheckPanel
          assignment={task.assignment}
          rubrics={rubrics}
          answers={answers}
          asked={asked}
          onClose={onCloseCheck}
        />
      )}
      {task.redo && (
        <Mend
          assignment={task.assignment}
          redo={task.redo as RedoTask}
          questions={questions}
          answers={answers}
        />
      )}
    </aside>
  );
}
