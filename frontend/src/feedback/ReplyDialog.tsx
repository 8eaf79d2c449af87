/** The one reply to a reviewer: why one disagrees. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { useCommands } from "../shared/keys";
import { SourceTag } from "./FeedbackCards";
import { reply } from "./requests";
import type { Feedback } from "./types";

interface Props {
  feedback: Feedback;
  onClose: () => void;
  onReplied: () => void;
}

export function ReplyDialog({ feedback, onClose, onReplied }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isReady = text.trim() !== "" && !isBusy;

  async function send() {
    if (!isReady) return;
    setBusy(true);
    setError(null);
    try {
      await reply(feedback.id, text.trim());
      onReplied();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  useCommands([
    {
      id: "feedback.send",
      keys: ["Ctrl+Enter"],
      scope: "modal",
      label: "feedback.disagree.send",
      inText: true,
      run: () => void send(),
    },
  ]);

  return (
    <Dialog
      title={t("feedback.disagree.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" command="feedback.send" disabled={!isReady} onClick={() => void send()}>
            {t("feedback.disagree.send")}
          </Button>
        </>
      }
    >
      <p className="row">
        <span className="meta">{t("feedback.disagree.to")}</span> <SourceTag feedback={feedback} />
      </p>
      <p className="meta">{t("feedback.disagree.once")}</p>
      <div className="form-row">
        <label htmlFor="feedback-reply">{t("feedback.disagree.text")}</label>
        <textarea
          id="feedback-reply"
          className="field"
          rows={5}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-autofocus
        />
      </div>
      <ErrorNote error={error} />
    </Dialog>
  );
}
