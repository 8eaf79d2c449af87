/** A query that came with the item: read-only, above the answer to it. */

import { asText } from "../annotate/subject_cards";
import type { FieldValue, SubjectField } from "../api/types";
import "./write.css";

interface Props {
  field: Pick<SubjectField, "title" | "hint">;
  value: FieldValue;
}

export function GivenQuery({ field, value }: Props) {
  return (
    <section className="given-query" aria-labelledby="given-query">
      <div className="qhead">
        <h2 className="q" id="given-query" dir="auto">
          {field.title}
        </h2>
        {field.hint && (
          <span className="meta" dir="auto">
            {field.hint}
          </span>
        )}
      </div>
      <p dir="auto">{asText(value)}</p>
    </section>
  );
}
