/** The options of a question in their fixed order; above nine with a field to find one by typing. */
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChoiceQuestion, ChoicesQuestion } from "../api/types";
import { keymap, useKeymap } from "../shared/keys";
import type { KindProps } from "./kind";
import { standingOf } from "./marks";
import { OptionRow } from "./OptionRow";
import { keyOfOption, matching, TYPE_AHEAD_FROM } from "./option_keys";

interface Props extends KindProps<ChoiceQuestion | ChoicesQuestion> {
  type: "radio" | "checkbox";
}

export function OptionList(props: Props) {
  const { question, marks, preselected, suggestion, isActive, hasBars, type, onPick } = props;
  const [typed, setTyped] = useState("");
  useKeymap();
  const hasKeys = keymap.getPreferences().single_keys;
  const found = matching(question.options, typed);
  const isPair = question.options.length === 2 && !hasBars;
  return (
    <>
      {question.options.length >= TYPE_AHEAD_FROM && (
        <TypeAhead
          question={question}
          typed={typed}
          onType={setTyped}
          first={found[0]?.name}
          onPick={onPick}
        />
      )}
      <div className={isPair ? "opts two" : "opts"}>
        {question.options.map(
          (option, position) =>
            found.includes(option) && (
              <OptionRow
                key={option.name}
                type={type}
                group={`question-${question.name}`}
                option={option}
                optionKey={hasKeys ? keyOfOption(option, position) : null}
                standing={standingOf(option.name, marks, preselected)}
                isActive={isActive}
                confidence={suggestion?.distribution[option.name]}
                hasBars={hasBars}
                onPick={onPick}
              />
            ),
        )}
      </div>
    </>
  );
}

interface TypeAheadProps {
  question: ChoiceQuestion | ChoicesQuestion;
  typed: string;
  first: string | undefined;
  onType: (typed: string) => void;
  onPick: (option: string) => void;
}

function TypeAhead({ question, typed, first, onType, onPick }: TypeAheadProps) {
  const { t } = useTranslation();
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key !== "Enter" || event.ctrlKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (first === undefined || typed === "") return;
    onPick(first);
    onType("");
  }
  return (
    <input
      className="field type-ahead"
      type="search"
      data-type-ahead={question.name}
      aria-label={t("annotate.find_option")}
      placeholder={t("annotate.find_option")}
      value={typed}
      onChange={(event) => onType(event.target.value)}
      onKeyDown={onKeyDown}
    />
  );
}
