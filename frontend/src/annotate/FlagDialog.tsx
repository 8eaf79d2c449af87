/** Ask the researcher about this item, about the question in focus or the whole. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import type { Question } from "../api/types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { ErrorNote } from "../shared/ErrorNote";
import { useCommands } from "../shared/keys";
import { showToast } from "../shared/toast";

interface Props {
  assignment: number;
  questions: readonly Question[];
  at: string | undefined;
  onClose: () => void;
}

export function FlagDialog({ assignment, questions, at, onClose }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [question, setQuestion] = useState(at ?? "");
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  async function ask() {
    if (text.trim() === "" || isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const params = { path: { a: assignment } };
      const body = { question: question || null, text };
      await unwrap(api.POST("/api/assignments/{a}/inquiries", { params, body }));
      showToast(t("annotate.flag.sent"));
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  useCommands([
    {
      id: "flag.send",
      keys: ["Ctrl+Enter"],
      scope: "modal",
      label: "annotate.flag.send",
      inText: true,
      run: () => void ask(),
    },
  ]);

  return (
    <Dialog
      title={t("annotate.flag.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            command="flag.send"
            disabled={isBusy || text.trim() === ""}
            onClick={() => void ask()}
          >
            {t("annotate.flag.send")}
          </Button>
        </>
      }
    >
      <p className="meta">{t("annotate.flag.why")}</p>
      <div className="form-row">
        <label htmlFor="flag-about">{t("annotate.flag.about")}</label>
        <select
          id="flag-about"
          className="field"
          value={question}
          onChange={(event) => setQuestion(event.target.value)}
        >
          <option value="">{t("annotate.flag.whole")}</option>
          {questions.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <div className="form-row">
        <label htmlFor="flag-text">{t("annotate.flag.text")}</label>
        <textarea
          id="flag-text"
          className="field"
          rows={4}
          dir="auto"
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoFocus
          data-autofocus
        />
      </div>
      <ErrorNote error={error} />
    </Dialog>
  );
}
