/** One question with what the model says about it: a fieldset a person can answer by key, click or touch. */
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Confidence } from "../api/types";
import { CommandKey } from "../shared/Kbd";
import { Abstained } from "./Abstained";
import { ChoiceInput } from "./choice/ChoiceInput";
import { ChoicesInput } from "./choices/ChoicesInput";
import { Explanation } from "./Explanation";
import { hasOptions, type KindProps } from "./kind";
import { OwnConfidence } from "./OwnConfidence";
import { TextInput } from "./text/TextInput";

/** These load with the first question of their kind. */
const ChatInput = lazy(() => import("./chat/ChatInput"));
const PairwiseInput = lazy(() => import("./pairwise/PairwiseInput"));
const RankingInput = lazy(() => import("./ranking/RankingInput"));

interface Props extends Omit<KindProps, "hasBars"> {
  confidence: Confidence | undefined;
  /** Whether the project shows how sure the model is. */
  showsConfidence: boolean;
  isExplained: boolean;
  onActivate: () => void;
  onExplain: () => void;
  onRate: (confidence: Confidence) => void;
}

export function QuestionView(props: Props) {
  const { question, suggestion, isActive, preselected, onActivate } = props;
  const { t } = useTranslation();
  const isUsable = suggestion?.status === "ok";
  const hasBars = props.showsConfidence && isUsable && hasOptions(question);
  return (
    <fieldset
      className="question"
      id={`question-${question.name}`}
      tabIndex={-1}
      data-active={isActive || undefined}
      onFocus={onActivate}
      onPointerDown={onActivate}
    >
      <legend id={`legend-${question.name}`}>
        <span className="q" dir="auto">
          {question.title}
        </span>
        {question.kind === "choices" && !question.help && (
          <span className="meta">{t("annotate.all_that_apply")}</span>
        )}
        {!question.required && <span className="meta">{t("annotate.optional")}</span>}
        <span className="grow" />
        {isActive && preselected.length > 0 && (
          <span className="meta row wide hints">
            <CommandKey id="annotate.accept" /> {t("annotate.accept_hint")}{" "}
            <CommandKey id="annotate.reject" /> {t("annotate.reject_hint")}
          </span>
        )}
      </legend>
      {question.help && (
        <p className="meta help" dir="auto">
          {question.help}
        </p>
      )}
      {suggestion && !isUsable && <Abstained suggestion={suggestion} />}
      <Suspense fallback={<div aria-busy="true" />}>
        <KindInput {...props} hasBars={hasBars} />
      </Suspense>
      {question.ask_confidence && (
        <OwnConfidence question={question.name} value={props.confidence} onRate={props.onRate} />
      )}
      {isUsable && suggestion.explanation && (
        <Explanation
          explanation={suggestion.explanation}
          question={question}
          isActive={isActive}
          isOpen={props.isExplained}
          onToggle={props.onExplain}
        />
      )}
    </fieldset>
  );
}

function KindInput(props: KindProps) {
  const { question, ...rest } = props;
  switch (question.kind) {
    case "choice":
      return <ChoiceInput {...rest} question={question} />;
    case "choices":
      return <ChoicesInput {...rest} question={question} />;
    case "text":
      return <TextInput {...rest} question={question} />;
    case "chat":
      return <ChatInput {...rest} question={question} />;
    case "pairwise":
      return <PairwiseInput {...rest} question={question} />;
    case "ranking":
      return <RankingInput {...rest} question={question} />;
  }
}
