/** The form as annotators will see it, beside the builder: the real parts, no keys, nothing sent. */
import { useState } from "react";
import type { AnnotatorSettings, FieldValue, Question, SubjectField } from "../api/types";
import { fieldsOf, ItemContext } from "../questions/kind";
import { EMPTY_FORM } from "./form";
import "./annotate.css";
import { Questions } from "./Questions";
import { Subject } from "./Subject";
import { isStacked } from "./subject_cards";
import { useForm } from "./useForm";

interface Props {
  spec: { subject: readonly SubjectField[]; questions: readonly Question[]; settings: AnnotatorSettings };
  item: { external_id: string; fields: Record<string, FieldValue>; language?: string | null };
}

const REVEAL = { reveal: { policy: "never", held_out: false } } as const;

export function LabelingPreview({ spec, item }: Props) {
  const control = useForm(spec.questions, REVEAL, EMPTY_FORM, []);
  const [active, activate] = useState(spec.questions[0]?.name);
  const shown = control.asked.flatMap(fieldsOf);
  const left = spec.subject.filter(({ name }) => !shown.includes(name));
  const questionItem = {
    subject: spec.subject,
    fields: item.fields,
    orders: {},
    questions: control.asked,
    hasKeys: false,
  };
  return (
    <div className="annotate preview">
      <div className="work" data-stacked={isStacked(control.asked, left) || undefined}>
        <Subject
          subject={left}
          item={{
            id: 0,
            external_id: item.external_id,
            fields: item.fields,
            language: item.language ?? null,
          }}
          evidence={[]}
          question={undefined}
          landmark={false}
        />
        <div className="form">
          <ItemContext.Provider value={questionItem}>
            <Questions
              control={control}
              settings={spec.settings}
              active={active}
              explained={new Set()}
              formId="preview-form"
              onActivate={activate}
              onExplain={() => undefined}
              onSubmit={() => undefined}
            />
          </ItemContext.Provider>
        </div>
      </div>
    </div>
  );
}
