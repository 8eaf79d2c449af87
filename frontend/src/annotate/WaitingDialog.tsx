/** Answers the server did not take: both versions side by side, nothing lost, the person decides. */
import { useTranslation } from "react-i18next";
import type { Answer, Answers, Question } from "../api/types";
import { i18next } from "../i18n";
import { answerInWords } from "../questions/in_words";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { formatMoment } from "../shared/format";
import { showToast } from "../shared/toast";
import type { Entry, Outbox } from "./outbox";

interface Props {
  outbox: Outbox;
  entry: Entry;
  questions: readonly Question[];
  onClose: () => void;
}

export function WaitingDialog({ outbox, entry, questions, onClose }: Props) {
  const { t } = useTranslation();
  const mine = entry.act.kind === "submit" ? entry.act.body.answers : {};
  const isConflict = entry.state === "conflict";

  function sendMine() {
    const { act, current } = entry;
    const isEdit = act.kind === "submit" && current !== null;
    const upon = isEdit ? { expected_revision: current.revision, after_client_id: null } : {};
    void outbox.sendAgain(
      entry.client_id,
      act.kind === "submit" ? { ...act, body: { ...act.body, ...upon } } : act,
    );
    onClose();
  }

  async function copy() {
    await navigator.clipboard.writeText(inWords(mine, questions));
    showToast(t("annotate.conflict.copied"));
  }

  return (
    <Dialog
      title={t(isConflict ? "annotate.conflict.title" : "annotate.refused.title", { item: entry.label })}
      wide
      onClose={onClose}
      actions={
        <>
          <Button icon="copy" onClick={() => void copy()}>
            {t("annotate.conflict.copy")}
          </Button>
          <Button
            onClick={() => {
              void outbox.discard(entry.client_id);
              onClose();
            }}
          >
            {t(isConflict ? "annotate.conflict.keep_stored" : "annotate.refused.discard")}
          </Button>
          <Button look="primary" onClick={sendMine}>
            {t(isConflict ? "annotate.conflict.send_mine" : "annotate.refused.again")}
          </Button>
        </>
      }
    >
      <p>{isConflict ? t("annotate.conflict.why") : entry.problem}</p>
      <div className="versions">
        <div>
          <p className="meta">{t("annotate.conflict.mine", { when: formatMoment(entry.made_at) })}</p>
          <AnswerList answers={mine} questions={questions} />
        </div>
        {entry.current && (
          <div>
            <p className="meta">
              {entry.current.submitted_at
                ? t("annotate.conflict.stored", { when: formatMoment(entry.current.submitted_at) })
                : t("annotate.conflict.stored_now")}
            </p>
            <AnswerList answers={entry.current.answers} questions={questions} />
          </div>
        )}
      </div>
    </Dialog>
  );
}

export function AnswerList({ answers, questions }: { answers: Answers; questions: readonly Question[] }) {
  return (
    <dl className="answers">
      {Object.entries(answers).map(([name, answer]) => {
        const question = questions.find((each) => each.name === name);
        return (
          <div key={name}>
            <dt dir="auto">{question?.title ?? name}</dt>
            <dd dir="auto">{inShort(answer, question)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Compared texts have no letters here, and what they are called in the data is not to be known. */
function inShort(answer: Answer, question: Question | undefined): string {
  if (answer.kind === "ranking" || answer.kind === "pairwise") return i18next.t("compare.compared");
  return answerInWords(answer, question, (field) => field);
}

function inWords(answers: Answers, questions: readonly Question[]): string {
  return Object.entries(answers)
    .map(([name, answer]) => {
      const question = questions.find((each) => each.name === name);
      return `${question?.title ?? name}: ${inShort(answer, question)}`;
    })
    .join("\n");
}
