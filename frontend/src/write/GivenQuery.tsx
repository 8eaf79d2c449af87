/** A question that came with the item: read-only, where the answer is written. */
import type { FieldValue, SubjectField } from "../api/types";

interface Props {
  field: SubjectField;
  value: FieldValue;
}

export function GivenQuery({ field, value }: Props) {
  return (
    <section className="given-query" aria-label={field.title}>
      <p dir="auto">{String(value)}</p>
    </section>
  );
}
