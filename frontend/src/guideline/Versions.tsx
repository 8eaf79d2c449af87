/** Every version of the guideline with what it changed. */
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { readGuideline } from "../api/researcher";
import type { Project } from "../api/types";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { lineDiff, sectionChanges } from "./draft";

export function Versions({ project }: { project: Project }) {
  const { t } = useTranslation();
  const [version, choose] = useState(project.guideline_version);
  const pair = useQueries({
    queries: [version - 1, version].map((each) => ({
      queryKey: ["guideline", project.slug, each],
      queryFn: () =>
        each === 0 ? Promise.resolve({ version: 0, sections: [] }) : readGuideline(project.slug, each),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  const [before, after] = pair.map((each) => each.data);
  const changes = before && after ? sectionChanges(before.sections, after.sections) : null;
  return (
    <>
      <FormRow label={t("builder.version")}>
        {(tied) => (
          <select
            className="field"
            {...tied}
            value={version}
            onChange={(event) => choose(Number(event.target.value))}
          >
            {Array.from(
              { length: project.guideline_version },
              (_, place) => project.guideline_version - place,
            ).map((each) => (
              <option key={each} value={each}>
                {t(each === project.guideline_version ? "builder.version_now" : "builder.version_of", {
                  version: each,
                })}
              </option>
            ))}
          </select>
        )}
      </FormRow>
      <p className="meta">{t("builder.schema_version", { version: project.schema_version })}</p>
      {pair.map((each, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: always these two
        <ErrorNote key={place} error={each.error} />
      ))}
      {changes?.length === 0 && <p className="ctl">{t("builder.no_changes")}</p>}
      {changes?.map((change) => (
        <section key={change.id} className="card box" aria-label={change.title}>
          <h3 className="q row" dir="auto">
            {change.title}
            <span className={change.after === null ? "chip redo" : "chip"}>
              {t(
                change.before === null
                  ? "builder.added"
                  : change.after === null
                    ? "builder.removed"
                    : "builder.reworded",
              )}
            </span>
          </h3>
          <div className="diff" dir="auto">
            {lineDiff(change.before ?? "", change.after ?? "")
              .filter((line) => line.text !== "" || line.kind === "same")
              .map((line, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a version never changes
                <Line key={place} line={line} />
              ))}
          </div>
        </section>
      ))}
    </>
  );
}

function Line({ line }: { line: ReturnType<typeof lineDiff>[number] }) {
  if (line.kind === "added") return <ins className="ins">{line.text}</ins>;
  if (line.kind === "removed") return <del className="del">{line.text}</del>;
  return <span>{line.text}</span>;
}
