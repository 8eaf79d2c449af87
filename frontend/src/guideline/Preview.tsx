/** The form as annotators will meet it, with what is not saved yet, on an item of the project. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { LabelingPreview } from "../annotate/LabelingPreview";
import { readItems, readRecord } from "../api/researcher";
import type { FieldValue, Project, ProjectSpec, SubjectField } from "../api/types";
import { fieldsOf, hasOptions } from "../questions/kind";

export function Preview({ project, spec }: { project: Project; spec: ProjectSpec }) {
  const { t } = useTranslation();
  const item = useQuery({
    queryKey: ["preview-item", project.slug],
    queryFn: async () => {
      const first = (await readItems(project.slug, { limit: 1 })).items[0];
      return first ? readRecord(first.id) : null;
    },
  }).data;
  const shown = item ?? {
    external_id: t("builder.sample"),
    fields: sampleFields(spec, t("builder.sample_text")),
    language: null,
  };
  return (
    <aside className="preview-pane" aria-label={t("builder.preview")}>
      <p className="meta">{t("builder.preview_note")}</p>
      <LabelingPreview key={shapeOf(spec)} spec={spec} item={shown} />
    </aside>
  );
}

/** The form is built anew when questions come, go or change their kind; words change in place. */
function shapeOf(spec: ProjectSpec): string {
  return spec.questions
    .map(
      (question) =>
        `${question.name} ${question.kind} ${hasOptions(question) ? question.options.map(({ name }) => name).join(" ") : fieldsOf(question).join(" ")}`,
    )
    .join("\n");
}

function sampleFields(spec: ProjectSpec, text: string): Record<string, FieldValue> {
  const samples: Partial<Record<SubjectField["show"], FieldValue>> = {
    text,
    markdown: text,
    chat: [{ role: "user", content: text }],
  };
  return Object.fromEntries(spec.subject.map(({ name, show }) => [name, samples[show] ?? null]));
}
