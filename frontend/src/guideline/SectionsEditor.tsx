/** The guideline in sections, in Markdown; each can be kept from models. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Section } from "../api/types";
import { Button } from "../shared/Button";
import { FormRow } from "../shared/FormRow";
import { Markdown } from "../shared/Markdown";
import { Switch } from "../shared/Switch";
import { faultAt, moved, nameFrom, replaced, without } from "./draft";
import type { EditorProps } from "./GuidelineScreen";
import { Row } from "./Row";

const KINDS: Section["kind"][] = ["task", "workflow", "question", "example", "note"];

export function SectionsEditor({ spec, faults, onChange }: EditorProps) {
  const { t } = useTranslation();
  const { sections } = spec.guideline;
  const set = (changed: Section[]) => onChange({ guideline: { sections: changed } });
  const change = (place: number, changes: Partial<Section>) => set(replaced(sections, place, changes));
  const taken = sections.map(({ id }) => id);
  return (
    <>
      {sections.length === 0 && <p className="ctl">{t("builder.no_sections")}</p>}
      {sections.map((section, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: ids change while one types
          key={place}
          title={section.title}
          note={
            <>
              {!section.in_prompt && <span className="chip line">{t("builder.people_only")}</span>}
              {section.inquiry !== null && <span className="chip line">{t("builder.from_inquiry")}</span>}
              <span className="chip line">{t(`builder.section_${section.kind}`)}</span>
            </>
          }
          place={place}
          count={sections.length}
          startsOpen={section.title === ""}
          onMove={(by) => set(moved(sections, place, by))}
          onRemove={() => set(without(sections, place))}
        >
          {faultAt(faults, `guideline.${section.id}`) && (
            <p className="error-text">{faultAt(faults, `guideline.${section.id}`)}</p>
          )}
          <FormRow label={t("builder.section_title")}>
            {(tied) => (
              <input
                className="field"
                dir="auto"
                {...tied}
                value={section.title}
                onChange={(event) =>
                  change(place, { title: event.target.value, ...renamed(section, event.target.value, taken) })
                }
              />
            )}
          </FormRow>
          <div className="two">
            <FormRow label={t("builder.section_kind")}>
              {(tied) => (
                <select
                  className="field"
                  {...tied}
                  value={section.kind}
                  onChange={(event) => change(place, { kind: event.target.value as Section["kind"] })}
                >
                  {KINDS.map((kind) => (
                    <option key={kind} value={kind}>
                      {t(`builder.section_${kind}`)}
                    </option>
                  ))}
                </select>
              )}
            </FormRow>
            <FormRow label={t("builder.section_question")} help={t("builder.section_question_help")}>
              {(tied) => (
                <select
                  className="field"
                  {...tied}
                  value={section.question ?? ""}
                  onChange={(event) => change(place, { question: event.target.value || null })}
                >
                  <option value="">{t("builder.whole_task")}</option>
                  {spec.questions.map((question) => (
                    <option key={question.name} value={question.name}>
                      {question.title}
                    </option>
                  ))}
                </select>
              )}
            </FormRow>
          </div>
          <Body section={section} onChange={(body) => change(place, { body })} />
          <Switch isOn={section.in_prompt} onChange={(in_prompt) => change(place, { in_prompt })}>
            {t("builder.in_prompt")}
          </Switch>
        </Row>
      ))}
      <Button
        icon="plus"
        onClick={() =>
          set([
            ...sections,
            {
              id: nameFrom("section", taken),
              kind: "note",
              title: "",
              question: null,
              body: "",
              in_prompt: true,
              inquiry: null,
            },
          ])
        }
      >
        {t("builder.add_section")}
      </Button>
    </>
  );
}

function Body({ section, onChange }: { section: Section; onChange: (body: string) => void }) {
  const { t } = useTranslation();
  const [isRead, read] = useState(false);
  return (
    <div className="stack">
      {isRead ? (
        <div className="card box">
          <Markdown>{section.body}</Markdown>
        </div>
      ) : (
        <FormRow label={t("builder.body")} help={t("builder.markdown")}>
          {(tied) => (
            <textarea
              className="field"
              rows={Math.min(18, Math.max(5, section.body.split("\n").length + 2))}
              dir="auto"
              {...tied}
              value={section.body}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </FormRow>
      )}
      <div>
        <Button small aria-pressed={isRead} className="soft" onClick={() => read(!isRead)}>
          {t("builder.read")}
        </Button>
      </div>
    </div>
  );
}

/** The id follows the title of a section that is new; clauses and linked sections keep theirs. */
function renamed(section: Section, title: string, taken: string[]): { id?: string } {
  const others = taken.filter((id) => id !== section.id);
  const follows = section.inquiry === null && section.id === nameFrom(section.title || "section", others);
  return follows ? { id: nameFrom(title || "section", others) } : {};
}
