/** A text that may name fields and answers: each name is a button that puts it where the caret is. */
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { FormRow } from "../shared/FormRow";
import { unknownReferences } from "./draft";

export interface Named {
  name: string;
  title: string;
}

interface Props {
  label: string;
  help?: string;
  value: string;
  named: Named[];
  /** What the server found wrong when it was last saved. */
  fault: string | null;
  rows?: number;
  onChange: (value: string) => void;
}

export function ReferenceText({ label, help, value, named, fault, rows = 2, onChange }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <div className="stack refs">
      <FormRow label={label} help={help} error={useFaultOf(value, named, fault)}>
        {(tied) => (
          <textarea
            ref={area}
            className="field"
            rows={rows}
            dir="auto"
            {...tied}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </FormRow>
      <References named={named} into={label} area={() => area.current} onChange={onChange} />
    </div>
  );
}

/** What is wrong with a text now: a name nothing has, in the server's words where it said so. */
export function useFaultOf(value: string, named: Named[], fault: string | null): string | null {
  const { t } = useTranslation();
  const known = named.map(({ name }) => name);
  const unknown = unknownReferences(value, known);
  if (unknown.length === 0) return null;
  return (
    fault ??
    t("rubric.unknown_reference", {
      names: unknown.map((name) => `{{${name}}}`).join(", "),
      known: known.join(", "),
    })
  );
}

interface ReferencesProps {
  named: Named[];
  into: string;
  area: () => HTMLTextAreaElement | null;
  onChange: (value: string) => void;
}

export function References({ named, into, area, onChange }: ReferencesProps) {
  const { t } = useTranslation();
  const insert = (name: string) => {
    const text = area();
    if (text === null) return;
    text.setRangeText(`{{${name}}}`, text.selectionStart, text.selectionEnd, "end");
    onChange(text.value);
    text.focus();
  };
  return (
    <div className="ref-row" role="group" aria-label={t("rubric.insert_into", { into })}>
      <span className="meta" aria-hidden="true">
        {t("rubric.insert")}
      </span>
      {named.map(({ name, title }) => (
        <button
          key={name}
          type="button"
          className="btn sm mono"
          title={title}
          aria-label={t("rubric.insert_name", { title })}
          onClick={() => insert(name)}
        >
          {`{{${name}}}`}
        </button>
      ))}
    </div>
  );
}
