/** Shown before a person first works with a model: what it predicts and how well that was measured. */
import { useTranslation } from "react-i18next";
import type { Question, TaskSuggestion } from "../api/types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { Mark } from "../shared/Mark";
import { Measured, modelKey, modelsOf } from "./Source";

interface Props {
  suggestions: readonly TaskSuggestion[];
  questions: readonly Question[];
  onClose: () => void;
}

export function ModelCard({ suggestions, questions, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("annotate.card.title")}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("annotate.card.understood")}
        </Button>
      }
    >
      {modelsOf(suggestions).map((model) => {
        const own = suggestions.filter((each) => modelKey(each.model) === modelKey(model));
        const asked = questions.filter(({ name }) => own.some(({ question }) => question === name));
        return (
          <section key={modelKey(model)} className="model-card">
            <h3 className="row">
              <Mark of="model" /> <b dir="auto">{model.name}</b>{" "}
              <span className="meta mono">{model.version}</span>
            </h3>
            <p>{t("annotate.card.predicts")}</p>
            <ul>
              {asked.map(({ name, title }) => (
                <li key={name} dir="auto">
                  {title}
                </li>
              ))}
            </ul>
            <p>
              <b>{t("annotate.card.how_good")}</b> <Measured model={model} />
            </p>
          </section>
        );
      })}
      <p>{t("annotate.card.how_to_use")}</p>
      <ul className="legend">
        <li>
          <span className="tag m">
            <Mark of="model" /> {t("annotate.standing.model")}
          </span>{" "}
          {t("annotate.card.dashed")}
        </li>
        <li>
          <span className="tag h">
            <Mark of="person" /> {t("annotate.standing.you")}
          </span>{" "}
          {t("annotate.card.solid")}
        </li>
      </ul>
    </Dialog>
  );
}
