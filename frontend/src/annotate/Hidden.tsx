/** Why no suggestion is shown, where one could be. */
import { useTranslation } from "react-i18next";
import type { AnnotatorTask } from "../api/types";
import { Button } from "../shared/Button";

export function Hidden({ task, onReveal }: { task: AnnotatorTask; onReveal: (() => void) | undefined }) {
  const { t } = useTranslation();
  if (onReveal)
    return (
      <div className="source">
        <span className="grow">{t("annotate.hidden.on_request")}</span>
        <Button small look="quiet" command="annotate.reveal" onClick={onReveal}>
          {t("annotate.hidden.show")}
        </Button>
      </div>
    );
  if (task.reveal.policy !== "after_choice" || task.reveal.held_out) return null;
  return <p className="source">{t("annotate.hidden.after_choice")}</p>;
}
