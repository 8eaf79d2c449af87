/** The questions of the form: kind, options with definitions, conditions. */
import { useTranslation } from "react-i18next";
import type { Question, SubjectField } from "../api/types";
import { fieldsOf, hasOptions, isComparing, isWritten } from "../questions/kind";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { ComparingEditor } from "./ComparingEditor";
import { faultAt, moved, nameFrom, replaced, without } from "./draft";
import type { EditorProps } from "./GuidelineScreen";
import { OptionsEditor } from "./OptionsEditor";
import { Row } from "./Row";
import { ShownIfEditor } from "./ShownIfEditor";
import { WrittenEditor } from "./WrittenEditor";

const KINDS: Question["kind"][] = ["choice", "choices", "text", "chat", "pairwise", "ranking"];

export function QuestionsEditor({ spec, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const questions = spec.questions;
  const set = (changed: Question[]) => onChange({ questions: changed });
  const change = (place: number, changes: Partial<Question>) =>
    set(replaced(questions, place, changes) as Question[]);
  const taken = questions.map(({ name }) => name);
  return (
    <>
      {questions.map((question, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
          key={place}
          title={question.title}
          note={
            <>
              {question.shown_if && <span className="chip line">{t("builder.conditional")}</span>}
              <span className="chip line">{t(`builder.kind_${question.kind}`)}</span>
            </>
          }
          place={place}
          count={questions.length}
          startsOpen={question.title === "" || questions.length === 1}
          onMove={(by) => set(moved(questions, place, by))}
          onRemove={() => set(without(questions, place))}
        >
          <Faults text={faultAt(faults, `questions.${question.name}`)} />
          <FormRow label={t("builder.question_title")}>
            {(tied) => (
              <input
                className="field"
                dir="auto"
                {...tied}
                value={question.title}
                onChange={(event) =>
                  change(place, {
                    title: event.target.value,
                    ...renamed(question, event.target.value, taken),
                  })
                }
              />
            )}
          </FormRow>
          <FormRow label={t("builder.help")} help={t("builder.help_help")}>
            {(tied) => (
              <input
                className="field"
                dir="auto"
                {...tied}
                value={question.help}
                onChange={(event) => change(place, { help: event.target.value })}
              />
            )}
          </FormRow>
          <div className="two">
            <FormRow label={t("builder.kind")} help={t(`builder.kind_help_${question.kind}`)}>
              {(tied) => (
                <select
                  className="field"
                  {...tied}
                  value={question.kind}
                  onChange={(event) =>
                    set(
                      questions.map((each, at) =>
                        at === place
                          ? ofKind(each, event.target.value as Question["kind"], spec.subject)
                          : each,
                      ),
                    )
                  }
                >
                  {KINDS.map((kind) => (
                    <option key={kind} value={kind}>
                      {t(`builder.kind_${kind}`)}
                    </option>
                  ))}
                </select>
              )}
            </FormRow>
            <FormRow label={t("builder.name_in_data")} help={t("builder.name_help")}>
              {(tied) => (
                <input
                  className="field mono"
                  {...tied}
                  value={question.name}
                  onChange={(event) => change(place, { name: event.target.value })}
                />
              )}
            </FormRow>
          </div>
          <div className="actions">
            <Switch isOn={question.required} onChange={(required) => change(place, { required })}>
              {t("builder.required")}
            </Switch>
            <Switch
              isOn={question.ask_confidence}
              onChange={(ask_confidence) => change(place, { ask_confidence })}
            >
              {t("builder.ask_confidence")}
            </Switch>
          </div>
          {isWritten(question) ? (
            <WrittenEditor
              question={question}
              subject={spec.subject}
              onChange={(changes) => change(place, changes)}
            />
          ) : isComparing(question) ? (
            <ComparingEditor
              question={question}
              subject={spec.subject}
              onChange={(changes) => change(place, changes)}
            />
          ) : (
            <OptionsEditor question={question} onChange={(options) => change(place, { options })} />
          )}
          <ShownIfEditor
            question={question}
            earlier={questions.slice(0, place)}
            onChange={(shown_if) => change(place, { shown_if })}
          />
        </Row>
      ))}
      <Button icon="plus" onClick={() => set([...questions, newQuestion(taken)])}>
        {t("builder.add_question")}
      </Button>
    </>
  );
}

function Faults({ text }: { text: string | null }) {
  return text && <p className="error-text">{text}</p>;
}

/** The name follows the title as long as nobody gave it one of its own. */
function renamed(question: Question, title: string, taken: string[]): { name?: string } {
  const others = taken.filter((name) => name !== question.name);
  const follows = question.name === nameFrom(question.title || "question", others);
  return follows ? { name: nameFrom(title || "question", others) } : {};
}

function newQuestion(taken: string[]): Question {
  return {
    kind: "choice",
    name: nameFrom("question", taken),
    title: "",
    help: "",
    required: true,
    shown_if: null,
    ask_confidence: false,
    options: ["yes", "no"].map((name) => ({
      name,
      label: name === "yes" ? "Yes" : "No",
      definition: "",
      examples: [],
      exclusive: false,
      key: null,
    })),
  };
}

const AIMS = { aim_min_words: null, aim_max_words: null };

/** The question as another kind; options and fields are kept where the new kind has some. */
function ofKind(question: Question, kind: Question["kind"], subject: readonly SubjectField[]): Question {
  const { name, title, help, required, shown_if, ask_confidence } = question;
  const common = { name, title, help, required, shown_if, ask_confidence };
  const options = hasOptions(question) ? question.options : [];
  const [first = "", second = "", ...more] = compared(question, subject);
  switch (kind) {
    case "choice":
      return { ...common, kind, options: options.map((option) => ({ ...option, exclusive: false })) };
    case "choices":
      return { ...common, kind, options };
    case "text":
      return { ...common, kind, max_length: 10_000, multiline: true, ...AIMS };
    case "chat": {
      const conversation = subject.find(({ show }) => show === "chat")?.name ?? "";
      return {
        ...common,
        kind,
        conversation,
        speaker: "assistant",
        candidate: null,
        max_length: 10_000,
        ...AIMS,
      };
    }
    case "pairwise":
      return { ...common, kind, first, second, ties: "one" };
    case "ranking":
      return { ...common, kind, fields: [first, second, ...more].filter(Boolean), ties: true };
  }
}

/** The fields to compare: those the question compares already, else the texts of the subject but the first. */
function compared(question: Question, subject: readonly SubjectField[]): string[] {
  if (isComparing(question)) return fieldsOf(question);
  const texts = subject.filter(({ show }) => show === "text" || show === "markdown").map(({ name }) => name);
  return texts.length > 2 ? texts.slice(1) : texts;
}
