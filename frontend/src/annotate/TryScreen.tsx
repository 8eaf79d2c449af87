/** A researcher tries the form as an annotator would: the same screen over a few items, nothing stored. */
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import { projectQuery } from "../api/project";
import type { Answers } from "../api/types";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { KeySheet } from "../shared/KeySheet";
import { useCommands } from "../shared/keys";
import "./annotate.css";
import { EMPTY_FORM, type Form } from "./form";
import { Header } from "./Header";
import { TaskView } from "./TaskView";

const COUNT = 5;

export function TryScreen() {
  const { t } = useTranslation();
  const { slug } = useParams({ strict: false }) as { slug: string };
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  const { data, error, refetch } = useQuery({
    queryKey: ["preview", slug],
    queryFn: () =>
      unwrap(
        api.GET("/api/projects/{p}/preview", { params: { path: { p: slug }, query: { count: COUNT } } }),
      ),
    staleTime: 0,
  });
  const [at, goTo] = useState(0);
  const [panel, setPanel] = useState<"guideline" | "keys" | null>(null);
  const [previous, setPrevious] = useState<Answers | null>(null);
  const forms = useRef(new Map<number, Form>());
  const tasks = data?.tasks ?? [];
  const task = tasks[at];
  const keep = useCallback((form: Form) => task && void forms.current.set(task.assignment, form), [task]);
  const next = () => goTo(at + 1);
  useCommands([
    { id: "keys.sheet", keys: ["?"], scope: "page", label: "keys.sheet", run: () => setPanel("keys") },
  ]);
  return (
    <div className="app annotate">
      <Header
        project={project.name}
        item={task?.item.external_id}
        progress={undefined}
        onGuideline={() => setPanel(panel === "guideline" ? null : "guideline")}
        onKeys={() => setPanel("keys")}
      />
      <div className="banners">
        <div className="note warn" role="status">
          <span className="grow">
            {t("annotate.try.nothing_stored", {
              number: Math.min(at + 1, tasks.length),
              count: tasks.length,
            })}
          </span>
          <Link className="btn sm" to="/p/$slug" params={{ slug }}>
            {t("annotate.try.leave")}
          </Link>
        </div>
      </div>
      {task ? (
        <TaskView
          key={task.assignment}
          task={task}
          schema={project}
          settings={project.settings}
          sections={project.guideline.sections}
          initial={forms.current.get(task.assignment) ?? EMPTY_FORM}
          previous={previous}
          isGuidelineOpen={panel === "guideline"}
          onGuideline={(isOpen) => setPanel(isOpen ? "guideline" : null)}
          onChange={keep}
          onSubmit={({ answers, form }) => {
            keep(form);
            setPrevious(answers);
            next();
          }}
          onUndo={() => goTo(Math.max(0, at - 1))}
          onSkip={next}
          onReject={next}
          assistant={project.assistant}
          rubrics={project.rubrics}
          isTrial
        />
      ) : (
        <main className="screen">
          <ErrorNote error={error} onRetry={() => void refetch()} />
          {data && (
            <Empty
              title={t(tasks.length === 0 ? "annotate.try.no_items" : "annotate.try.done")}
              action={
                <div className="row">
                  {tasks.length > 0 && (
                    <Button look="primary" onClick={() => goTo(0)}>
                      {t("annotate.try.again")}
                    </Button>
                  )}
                  <Link className="btn" to="/p/$slug" params={{ slug }}>
                    {t("annotate.try.leave")}
                  </Link>
                </div>
              }
            />
          )}
        </main>
      )}
      {panel === "keys" && <KeySheet onClose={() => setPanel(null)} />}
    </div>
  );
}
