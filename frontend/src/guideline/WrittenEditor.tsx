/** How a written answer is asked for: its length, and for a turn where the conversation stands. */
import { useTranslation } from "react-i18next";
import type { ChatQuestion, Question, SubjectField } from "../api/types";
import type { WrittenQuestion } from "../questions/kind";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { FieldSelect } from "./FieldSelect";

interface Props<Q extends Question> {
  question: Q;
  subject: readonly SubjectField[];
  onChange: (changes: Partial<Question>) => void;
}

export function WrittenEditor({ question, subject, onChange }: Props<WrittenQuestion>) {
  const { t } = useTranslation();
  return (
    <>
      {question.kind === "chat" && <TurnEditor question={question} subject={subject} onChange={onChange} />}
      <div className="three">
        <Words
          label={t("builder.aim_min_words")}
          help={t("builder.aim_help")}
          value={question.aim_min_words}
          onChange={(aim_min_words) => onChange({ aim_min_words })}
        />
        <Words
          label={t("builder.aim_max_words")}
          value={question.aim_max_words}
          onChange={(aim_max_words) => onChange({ aim_max_words })}
        />
        <FormRow label={t("builder.max_length")}>
          {(tied) => (
            <input
              className="field"
              type="number"
              min="1"
              {...tied}
              value={question.max_length}
              onChange={(event) => onChange({ max_length: Number(event.target.value) })}
            />
          )}
        </FormRow>
      </div>
      {question.kind === "text" && (
        <Switch isOn={question.multiline} onChange={(multiline) => onChange({ multiline })}>
          {t("builder.multiline")}
        </Switch>
      )}
    </>
  );
}

function TurnEditor({ question, subject, onChange }: Props<ChatQuestion>) {
  const { t } = useTranslation();
  return (
    <div className="three">
      <FieldSelect
        label={t("builder.conversation")}
        help={t("builder.conversation_help")}
        value={question.conversation}
        fields={subject.filter(({ show }) => show === "chat")}
        onChange={(conversation) => onChange({ conversation: conversation ?? "" })}
      />
      <FieldSelect
        label={t("builder.candidate")}
        help={t("builder.candidate_help")}
        value={question.candidate}
        fields={subject.filter(
          ({ name, show }) => name !== question.conversation && /^(text|markdown|chat)$/.test(show),
        )}
        none={t("builder.no_candidate")}
        onChange={(candidate) => onChange({ candidate })}
      />
      <FormRow label={t("builder.speaker")}>
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={question.speaker}
            onChange={(event) => onChange({ speaker: event.target.value as ChatQuestion["speaker"] })}
          >
            {(["assistant", "user"] as const).map((speaker) => (
              <option key={speaker} value={speaker}>
                {t(`builder.speaker_${speaker}`)}
              </option>
            ))}
          </select>
        )}
      </FormRow>
    </div>
  );
}

interface WordsProps {
  label: string;
  help?: string;
  value: number | null;
  onChange: (value: number | null) => void;
}

/** A number of words; empty for none. */
function Words({ label, help, value, onChange }: WordsProps) {
  return (
    <FormRow label={label} help={help}>
      {(tied) => (
        <input
          className="field"
          type="number"
          min="1"
          {...tied}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
        />
      )}
    </FormRow>
  );
}
