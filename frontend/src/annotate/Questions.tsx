/** The form: every question that is asked, the one in focus marked. */
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AnnotatorSettings, Question } from "../api/types";
import { QuestionView } from "../questions/QuestionView";
import { suggestionFor } from "../questions/suggestion";
import { marksOf } from "./form";
import type { FormControl } from "./useForm";

interface Props {
  control: FormControl;
  settings: AnnotatorSettings;
  /** Name of the question in focus. */
  active: string | undefined;
  explained: ReadonlySet<string>;
  formId?: string;
  before?: ReactNode;
  after?: ReactNode;
  /** What stands around a question, by its name. */
  around?: Readonly<Record<string, { before?: ReactNode; after?: ReactNode }>>;
  onActivate: (question: string) => void;
  onExplain: (question: string) => void;
  onSubmit: () => void;
}

const NOTHING: readonly string[] = [];

export function Questions(props: Props) {
  const { control, settings, active, explained, before, after, onActivate, onExplain, onSubmit } = props;
  const { t } = useTranslation();
  const { formId = "form" } = props;
  const { form, asked, suggestions, preselected } = control;
  return (
    <form
      className="pages"
      id={formId}
      tabIndex={-1}
      aria-label={t("annotate.questions")}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {before}
      {asked.map((question: Question) => (
        <Fragment key={question.name}>
          {props.around?.[question.name]?.before}
          <QuestionView
            question={question}
            marks={marksOf(form, question.name)}
            text={form.texts[question.name] ?? ""}
            isTouched={question.name in form.texts}
            confidence={form.confidences[question.name]}
            preselected={preselected[question.name] ?? NOTHING}
            suggestion={suggestionFor(question, suggestions)}
            showsConfidence={settings.show_confidence}
            isActive={question.name === active}
            isExplained={explained.has(question.name)}
            onActivate={() => onActivate(question.name)}
            onExplain={() => onExplain(question.name)}
            ranks={form.rankings[question.name] ?? null}
            onPick={(option) => control.pick(question, option)}
            onWrite={(value) => control.write(question, value)}
            onSettle={control.settle}
            onRank={(ranks) => control.rank(question, ranks)}
            onAccept={() => control.accept(question)}
            onRate={(confidence) => control.rate(question, confidence)}
          />
          {props.around?.[question.name]?.after}
        </Fragment>
      ))}
      {after}
    </form>
  );
}
