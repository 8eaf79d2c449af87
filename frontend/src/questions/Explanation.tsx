/** Why the model proposes what it does: two lines, the rest on demand; quotes carry the number of their option. */
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Question, TaskSuggestion } from "../api/types";
import { CommandKey } from "../shared/Kbd";
import { Mark } from "../shared/Mark";
import { numberOf, withReferences } from "./suggestion";

interface Props {
  explanation: NonNullable<TaskSuggestion["explanation"]>;
  question: Question;
  isActive: boolean;
  isOpen: boolean;
  onToggle: () => void;
}

export function Explanation({ explanation, question, isActive, isOpen, onToggle }: Props) {
  const { t } = useTranslation();
  return (
    <div className="why" data-open={isOpen || undefined}>
      <span className="tag m">
        <Mark of="model" /> {t("annotate.why")}
      </span>
      <div className="reason">
        {explanation.text && (
          <p dir="auto">
            {withReferences(explanation.text, explanation.evidence, question).map(({ text, reference }) => (
              <Fragment key={text}>
                {text}
                {reference !== undefined && <span className="ref">{reference}</span>}
              </Fragment>
            ))}
          </p>
        )}
        {(isOpen || !explanation.text) && explanation.evidence.length > 0 && (
          <ul>
            {explanation.evidence.map(({ option, field, quote, start }) => (
              <li key={`${field} ${start} ${option}`} dir="auto">
                {t("annotate.points_to", { quote })} <span className="ref">{numberOf(question, option)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <button type="button" className="btn quiet sm" aria-expanded={isOpen} onClick={onToggle}>
        {t(isOpen ? "annotate.less" : "annotate.more")} {isActive && <CommandKey id="annotate.explain" />}
      </button>
    </div>
  );
}
