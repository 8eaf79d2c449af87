/** The fields of an item and how each is shown. */
import { useTranslation } from "react-i18next";
import type { SubjectField } from "../api/types";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { Switch } from "../shared/Switch";
import { faultAt, moved, nameFrom, replaced, without } from "./draft";
import type { EditorProps } from "./GuidelineScreen";
import { Row } from "./Row";

const SHOWS: SubjectField["show"][] = ["text", "markdown", "image", "video", "chat", "context", "hidden"];

export function SubjectEditor({ spec, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const fields = spec.subject;
  const set = (subject: SubjectField[]) => onChange({ subject });
  const fault = faultAt(faults, "subject");
  return (
    <>
      {fault && <p className="error-text">{fault}</p>}
      {fields.map((field, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
          key={place}
          title={field.title}
          note={<span className="chip line">{t(`builder.show_${field.show}`)}</span>}
          place={place}
          count={fields.length}
          startsOpen={field.title === ""}
          onMove={(by) => set(moved(fields, place, by))}
          onRemove={() => set(without(fields, place))}
        >
          <div className="two">
            <FormRow label={t("builder.field_title")}>
              {(tied) => (
                <input
                  className="field"
                  {...tied}
                  value={field.title}
                  onChange={(event) => set(replaced(fields, place, { title: event.target.value }))}
                />
              )}
            </FormRow>
            <FormRow label={t("builder.field_name")} help={t("builder.field_name_help")}>
              {(tied) => (
                <input
                  className="field mono"
                  {...tied}
                  value={field.name}
                  onChange={(event) => set(replaced(fields, place, { name: event.target.value }))}
                />
              )}
            </FormRow>
            <FormRow label={t("builder.show")} help={t(`builder.show_help_${field.show}`)}>
              {(tied) => (
                <select
                  className="field"
                  {...tied}
                  value={field.show}
                  onChange={(event) =>
                    set(replaced(fields, place, { show: event.target.value as SubjectField["show"] }))
                  }
                >
                  {SHOWS.map((show) => (
                    <option key={show} value={show}>
                      {t(`builder.show_${show}`)}
                    </option>
                  ))}
                </select>
              )}
            </FormRow>
            <FormRow label={t("builder.hint")}>
              {(tied) => (
                <input
                  className="field"
                  {...tied}
                  value={field.hint}
                  onChange={(event) => set(replaced(fields, place, { hint: event.target.value }))}
                />
              )}
            </FormRow>
          </div>
          <Switch isOn={field.required} onChange={(required) => set(replaced(fields, place, { required }))}>
            {t("builder.field_required")}
          </Switch>
        </Row>
      ))}
      <Button
        icon="plus"
        onClick={() =>
          set([
            ...fields,
            {
              name: nameFrom(
                "field",
                fields.map(({ name }) => name),
              ),
              title: "",
              show: "text",
              hint: "",
              required: true,
            },
          ])
        }
      >
        {t("builder.add_field")}
      </Button>
    </>
  );
}
