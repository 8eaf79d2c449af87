/** One item with everything that is known of it, beside the table. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { readRecord } from "../api/researcher";
import type { ItemRecord as Recorded } from "../api/researcher_types";
import type { Project, SubjectField } from "../api/types";
import { useProject } from "../projects/useProject";
import { Button } from "../shared/Button";
import { Conversation } from "../shared/Conversation";
import { ErrorNote } from "../shared/ErrorNote";
import { keymap, useCommands } from "../shared/keys";
import { Mark } from "../shared/Mark";
import { Markdown } from "../shared/Markdown";
import { Video } from "../shared/Video";
import { Calls } from "./Calls";
import { History } from "./History";
import { StateWord } from "./StateWord";
import { optionLabel, valuesOf } from "./said";

export function ItemRecord() {
  const { t } = useTranslation();
  const project = useProject();
  const navigate = useNavigate();
  const { itemId } = useParams({ strict: false }) as { itemId: string };
  const search = useSearch({ strict: false });
  const sheet = useRef<HTMLElement>(null);
  const record = useQuery({
    queryKey: ["record", Number(itemId)],
    queryFn: () => readRecord(Number(itemId)),
  });
  const close = () => void navigate({ to: "/p/$slug/data", params: { slug: project.slug }, search });
  useCommands([{ id: "data.close", keys: ["Escape"], label: "data.close", scope: "page", run: close }]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new record is read from its top
  useEffect(() => {
    sheet.current?.querySelector(".scroll")?.scrollTo(0, 0);
  }, [itemId]);
  const press = (id: string) =>
    keymap
      .list()
      .find((command) => command.id === id)
      ?.run("");
  return (
    <aside className="side" ref={sheet} aria-label={t("data.record", { id: record.data?.external_id ?? "" })}>
      <header>
        <h2 className="q mono">{record.data?.external_id ?? "…"}</h2>
        {record.data && <StateWord state={record.data.state} />}
        <span className="grow" />
        <Button
          look="quiet"
          small
          icon="left"
          aria-label={t("data.previous")}
          onClick={() => press("data.previous")}
        />
        <Button
          look="quiet"
          small
          icon="right"
          aria-label={t("data.next")}
          onClick={() => press("data.next")}
        />
        <Button look="quiet" small command="data.close" onClick={close}>
          {t("common.close")}
        </Button>
      </header>
      <section className="scroll" tabIndex={0} aria-label={t("data.record_body")}>
        <ErrorNote error={record.error} onRetry={() => void record.refetch()} />
        {record.data && <Body record={record.data} project={project} />}
      </section>
    </aside>
  );
}

function Body({ record, project }: { record: Recorded; project: Project }) {
  const { t } = useTranslation();
  return (
    <>
      <Fields record={record} subject={project.subject} />
      <NowSaid record={record} project={project} />
      <div className="row section-head">
        <h3>{t("data.history")}</h3>
        <span className="meta">{t("data.nothing_overwritten")}</span>
      </div>
      <History record={record} project={project} />
      <Calls calls={record.calls} />
    </>
  );
}

/** Texts, pictures and videos as they come, what stands around them in one list below. */
function Fields({ record, subject }: { record: Recorded; subject: SubjectField[] }) {
  const present = subject.filter((field) => field.show !== "hidden" && record.fields[field.name] != null);
  const context = present.filter((field) => field.show === "context");
  const text = (field: SubjectField) => {
    const value = record.fields[field.name];
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return (
    <>
      {present
        .filter((field) => field.show !== "context")
        .map((field) =>
          field.show === "image" ? (
            <img
              key={field.name}
              className="record-image"
              alt={field.title}
              src={text(field)}
              loading="lazy"
            />
          ) : field.show === "video" ? (
            <Video key={field.name} address={text(field)} title={field.title} />
          ) : (
            <div key={field.name} className="card quote">
              <span className="meta">{field.title}</span>
              {field.show === "chat" ? (
                <Conversation value={record.fields[field.name] ?? null} title={field.title} />
              ) : field.show === "markdown" ? (
                <Markdown>{text(field)}</Markdown>
              ) : (
                <p dir="auto">{text(field)}</p>
              )}
            </div>
          ),
        )}
      {context.length > 0 && (
        <dl className="around">
          {context.map((field) => (
            <div key={field.name}>
              <dt>{field.title}</dt>
              <dd dir="auto">{text(field)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** The answers as they stand: one line a question and a person. */
function NowSaid({ record, project }: { record: Recorded; project: Project }) {
  const { t } = useTranslation();
  const answered = record.assignments.filter((each) => each.revisions.length > 0);
  const gold = Object.keys(record.gold).length > 0;
  if (answered.length === 0 && !gold) return <p className="meta">{t("data.no_answers")}</p>;
  return (
    <table className="now">
      <caption className="vh">{t("data.answers_now")}</caption>
      <tbody>
        {project.questions.flatMap((question) => {
          const given = answered.flatMap((assignment) => {
            const last = assignment.revisions.findLast((revision) => revision.act === "submit");
            const answer = last?.answers[question.name];
            return answer ? [{ who: assignment.annotator, answer, key: assignment.id }] : [];
          });
          const known = record.gold[question.name];
          return [
            ...given.map(({ who, answer, key }, place) => (
              <tr key={`${question.name} ${key}`}>
                <th scope="row">
                  {place === 0 ? question.title : <span className="vh">{question.title}</span>}
                </th>
                <td dir="auto">
                  {valuesOf(answer)
                    .map((value) => optionLabel(question, value))
                    .join(", ")}
                </td>
                <td>
                  <span className="tag h">
                    <Mark of="person" /> {who}
                  </span>
                </td>
              </tr>
            )),
            ...(known
              ? [
                  <tr key={`${question.name} gold`}>
                    <th scope="row">
                      {given.length === 0 ? question.title : <span className="vh">{question.title}</span>}
                    </th>
                    <td dir="auto">
                      {valuesOf(known)
                        .map((value) => optionLabel(question, value))
                        .join(", ")}
                    </td>
                    <td>
                      <span className="chip warn">{t("data.gold")}</span>
                    </td>
                  </tr>,
                ]
              : []),
          ];
        })}
      </tbody>
    </table>
  );
}
