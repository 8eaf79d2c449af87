/** The timeline of a record: import, suggestions, revisions, questions and replies. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readImport } from "../api/researcher";
import type { ItemRecord, RecordRevision, RecordSuggestion } from "../api/researcher_types";
import type { Project, Question } from "../api/types";
import { formatWhen, inWords } from "../projects/quantities";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { withoutMarkdown } from "../shared/plain_text";
import { Drafted } from "./Drafted";
import { type Happening, historyOf, saidIn } from "./history";
import { optionLabel } from "./said";
import { Written } from "./Written";

export function History({ record, project }: { record: ItemRecord; project: Project }) {
  return (
    <ol className="time">
      {historyOf(record).map((happening, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: history only grows
        <li key={place}>
          <Told happening={happening} record={record} project={project} />
        </li>
      ))}
    </ol>
  );
}

function Told({
  happening,
  record,
  project,
}: {
  happening: Happening;
  record: ItemRecord;
  project: Project;
}) {
  const { t } = useTranslation();
  const when = formatWhen(happening.at);
  switch (happening.kind) {
    case "imported":
      return (
        <>
          <Icon name="download" />
          <span>
            {t("data.imported")}{" "}
            {happening.row !== null && (
              <span className="meta" dir="auto">
                <ImportedFrom row={happening.row} importId={record.import_id} />
              </span>
            )}
          </span>
          <span className="meta">{when}</span>
        </>
      );
    case "suggested":
      return (
        <>
          <Mark of="model" />
          <span>
            {t("data.suggested")}{" "}
            <span className="meta">
              {t("data.by_model", { model: happening.model, prompt: happening.prompt })}
            </span>
          </span>
          <span className="meta">{when}</span>
          <div className="d mini model stack">
            {happening.suggestions.map((suggestion) => (
              <Suggested
                key={suggestion.id}
                suggestion={suggestion}
                question={project.questions.find((each) => each.name === suggestion.question)}
              />
            ))}
          </div>
        </>
      );
    case "revised":
      return (
        <>
          <Mark of="person" />
          <span>
            {t(`data.act_${happening.revision.act}`, { number: happening.revision.number })}{" "}
            <b dir="auto">{happening.annotator}</b>
            {happening.isHeldOut && <span className="meta"> {t("data.held_out")}</span>}
          </span>
          <span className="meta">
            {when}
            {happening.revision.active_ms > 0 && ` · ${inWords(happening.revision.active_ms / 1000)}`}
            {happening.revision.generation_ms > 0 &&
              ` · ${t("data.waited", { time: inWords(happening.revision.generation_ms / 1000) })}`}
          </span>
          <div className="d mini card">
            <Revised revision={happening.revision} record={record} project={project} />
            {happening.writings.map((writing) => (
              <Written
                key={writing.question}
                writing={writing}
                drafts={happening.drafts}
                title={
                  project.questions.find(({ name }) => name === writing.question)?.title ?? writing.question
                }
              />
            ))}
          </div>
        </>
      );
    case "drafted":
      return (
        <>
          <Mark of="model" />
          <span>
            {t("data.drafted", { number: happening.draft.number })} <b dir="auto">{happening.annotator}</b>{" "}
            <span className="meta">
              {t("data.by_assistant", {
                model: happening.draft.model.name,
                version: happening.draft.version,
              })}
            </span>
          </span>
          <span className="meta">{when}</span>
          <Drafted draft={happening.draft} />
        </>
      );
    case "asked":
    case "replied":
      return (
        <>
          <Icon name="flag" />
          <span>
            {t(happening.kind === "asked" ? "data.asked" : "data.replied")}{" "}
            {happening.kind === "asked" && <b dir="auto">{happening.inquiry.asked_by}</b>}
          </span>
          <span className="meta">{when}</span>
          <p className="d mini card" dir="auto">
            {happening.kind === "asked" ? happening.inquiry.text : happening.inquiry.reply}
          </p>
        </>
      );
  }
}

/** The row and, for those who may read imports, the file. */
function ImportedFrom({ row, importId }: { row: number; importId: number | null }) {
  const { t } = useTranslation();
  const file = useQuery({
    queryKey: ["import", importId],
    queryFn: () => readImport(importId ?? 0),
    enabled: importId !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.filename;
  return t(file === undefined ? "data.row" : "data.from_row", { row: formatNumber(row), file });
}

function Suggested({
  suggestion,
  question,
}: {
  suggestion: RecordSuggestion;
  question: Question | undefined;
}) {
  const { t } = useTranslation();
  const title = question?.title ?? suggestion.question;
  if (suggestion.status !== "ok")
    return (
      <p>
        <b dir="auto">{title}</b>: {t(`data.status_${suggestion.status}`)}
        {suggestion.reason && <span dir="auto">, {withoutMarkdown(suggestion.reason)}</span>}
      </p>
    );
  return (
    <div>
      <p>
        <b dir="auto">{title}</b>
        {suggestion.option_mass !== null && suggestion.option_mass < 0.9 && (
          <span className="meta">
            {" "}
            · {t("data.option_mass", { share: formatPercent(suggestion.option_mass) })}
          </span>
        )}
      </p>
      {suggestion.text !== null && <p dir="auto">{suggestion.text}</p>}
      <div className="g">
        {Object.entries(suggestion.distribution).map(([option, share]) => (
          <DistributionRow
            key={option}
            label={optionLabel(question, option)}
            share={share}
            isPreselected={suggestion.preselected.includes(option)}
          />
        ))}
      </div>
      {suggestion.explanation && <p dir="auto">{withoutMarkdown(suggestion.explanation.text)}</p>}
    </div>
  );
}

/** An option with its bar and percent; preselected ones carry the word. */
export function DistributionRow({
  label,
  share,
  isPreselected,
}: {
  label: string;
  share: number;
  isPreselected: boolean;
}) {
  const { t } = useTranslation();
  return (
    <>
      <span dir="auto">
        {isPreselected ? <b>{label}</b> : label}
        {isPreselected && <span className="vh"> ({t("data.preselected")})</span>}
      </span>
      <span className="bar" style={{ "--v": `${share * 100}%` } as React.CSSProperties}>
        <i />
      </span>
      <span className="meta">{formatPercent(share)}</span>
    </>
  );
}

function Revised({
  revision,
  record,
  project,
}: {
  revision: RecordRevision;
  record: ItemRecord;
  project: Project;
}) {
  const { t } = useTranslation();
  if (revision.act === "reject")
    return (
      <p>
        {t(`data.reject_${revision.reject_reason ?? "other"}`)}
        {revision.note && <span dir="auto">: {revision.note}</span>}
      </p>
    );
  if (revision.act !== "submit") return <p className="meta">{t(`data.told_${revision.act}`)}</p>;
  return (
    <dl className="revised">
      {project.questions.map((question) => {
        const said = saidIn(revision, question.name, proposedFor(revision, record, question.name));
        if (said.length === 0) return null;
        return (
          <div key={question.name}>
            <dt dir="auto">{question.title}</dt>
            <dd>
              {said.map(({ value, word }) => (
                <span key={value} className={`said-${word}`}>
                  {word === "rejected" ? (
                    <del dir="auto">{optionLabel(question, value)}</del>
                  ) : (
                    <span dir="auto">{optionLabel(question, value)}</span>
                  )}{" "}
                  <span className="meta">{t(`data.word_${word}`)}</span>
                </span>
              ))}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** The options that stood preselected before the annotator for this question. */
function proposedFor(revision: RecordRevision, record: ItemRecord, question: string): string[] {
  const shown = new Map(revision.shown.map((each) => [each.suggestion, each.preselected]));
  return record.suggestions
    .filter((each) => each.question === question)
    .flatMap((each) => shown.get(each.id) ?? []);
}
