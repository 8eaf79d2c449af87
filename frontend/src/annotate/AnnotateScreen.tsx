/**
 * Labeling: the item on screen, the outbox behind it, the next items ready. A submit paints the next item first;
 * everything else (keeping the answers, sending, claiming another item) happens after.
 */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import { ApiError } from "../api/error";
import { projectQuery } from "../api/project";
import { useMe } from "../api/session";
import type { AnnotatorTask, Answers, MyProgress, RejectReason, Schema, Writing } from "../api/types";
import { momentOf } from "../feedback/entries";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { Icon } from "../shared/Icon";
import { KeySheet } from "../shared/KeySheet";
import { useCommands } from "../shared/keys";
import { showToast } from "../shared/toast";
import "./annotate.css";
import { WhatNext } from "../write/WhatNext";
import { Clock } from "./Clock";
import { Autosave, type DraftState } from "./drafts";
import { EmptyQueueView } from "./EmptyQueueView";
import { FlagDialog } from "./FlagDialog";
import type { Form } from "./form";
import { Header } from "./Header";
import { HistoryPanel } from "./HistoryPanel";
import type { HandlingTime } from "./handling_time";
import { LeaseEnding } from "./Notices";
import type { Act } from "./outbox";
import { Replies } from "./Replies";
import { SaveState, saveOf } from "./SaveState";
import { type Finished, TaskView } from "./TaskView";
import { useGuardLeaving } from "./useGuardLeaving";
import { startAfterPaint, useHandlingTime } from "./useHandlingTime";
import { useOutbox, useOutboxState } from "./useOutbox";
import { schemaQuery, useQueue, useQueueState } from "./useQueue";
import { Visits } from "./visits";
import { WaitingDialog } from "./WaitingDialog";

const WARN_BEFORE_MS = 120_000;

export function AnnotateScreen() {
  const { slug } = useParams({ strict: false }) as { slug: string };
  return <Annotate key={slug} slug={slug} />;
}

function Annotate({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  const { settings } = project;
  const visits = useMemo(() => new Visits(1000 * settings.idle_gap_seconds), [settings.idle_gap_seconds]);
  const progress = useProgress(slug);

  const kept = useOutbox();
  const outbox = useOutboxState(kept);
  const storage = kept?.storage;

  const time = useRef<HandlingTime | null>(null);
  const begun = useRef<number | null>(null);
  const autosave = useRef<Autosave | null>(null);
  const isAtWork = useHandlingTime(time);
  const prepare = useCallback(
    async (task: AnnotatorTask, schema: Schema) => {
      const local = await storage?.draft(me.id, task.assignment).catch(() => undefined);
      visits.prepare(task, schema, local);
    },
    [storage, visits, me.id],
  );
  const unsent = useCallback(() => kept?.outbox.assignments() ?? [], [kept]);
  const queue = useQueue({ slug, person: me.id, begun, isAtWork, prepare, unsent, isReady: kept !== null });
  const { task, isLoading, empty, error } = useQueueState(queue);
  const schema = useQuery({
    ...schemaQuery(slug, task?.schema_version ?? project.schema_version),
    enabled: task !== null,
  }).data;

  const isGuidelineOld = task !== null && task.guideline_version > project.guideline.version;
  useEffect(() => {
    if (isGuidelineOld) void queries.invalidateQueries(projectQuery(slug));
  }, [isGuidelineOld, queries, slug]);

  const [draft, setDraft] = useState<DraftState>("saved");
  const [visit, setVisit] = useState(0);
  const [previous, setPrevious] = useState<Answers | null>(null);
  const [panel, setPanel] = useState<"guideline" | "history" | "keys" | null>(null);
  const [flagged, flag] = useState<{ question: string | undefined } | null>(null);
  const [opened, openEntry] = useState<string | null>(null);

  // A task appears: its clock runs from the first paint, its draft is saved as it grows. All stands before it is
  // painted, so that the first key already counts; what only this machine has of it goes to the server.
  // biome-ignore lint/correctness/useExhaustiveDependencies: one clock and one draft for each visit of a task
  useLayoutEffect(() => {
    setDraft("saved"); // of the item before nothing is left to save, also where no other follows
    if (task === null || storage === undefined) return;
    const clock = visits.time(task.assignment);
    const { assignment, revision } = task;
    const unsent = visits.takeUnsent(assignment);
    time.current = clock;
    begun.current = task.draft === null && unsent === undefined ? null : assignment;
    startAfterPaint(clock);
    autosave.current = new Autosave({
      storage,
      person: me.id,
      assignment,
      revision,
      seq: Math.max(task.draft?.seq ?? 0, unsent?.seq ?? 0, Date.now()),
      put: (seq, { answers, writing }) =>
        unwrap(
          api.PUT("/api/assignments/{a}/draft", {
            params: { path: { a: assignment } },
            body: { seq, answers, writing },
          }),
        ),
      onState: setDraft,
    });
    const saver = autosave.current;
    if (unsent !== undefined) saver.catchUp(unsent);
    return () => {
      clock.hide(performance.now());
      saver.close(false);
    };
  }, [task?.assignment, visit, storage]);

  const act = useCallback(
    (given: AnnotatorTask, made: Act, form: Form, counted: 0 | 1 = 0) => {
      if (queue === null || kept === null) return;
      const clientId = crypto.randomUUID();
      const [time, writing] = [visits.time(given.assignment), visits.writing(given.assignment)];
      visits.finish({ clientId, task: given, form, writing, time, counted });
      progress.count(counted);
      autosave.current?.close(true);
      setPanel(null);
      queue.advance();
      setVisit((count) => count + 1);
      void kept.outbox.add(clientId, {
        project: slug,
        assignment: given.assignment,
        label: given.item.external_id,
        act: made,
      });
    },
    [queue, kept, visits, slug, progress.count],
  );
  const submit = useCallback(
    ({ answers, shown, form, writing }: Finished) => {
      if (task === null) return;
      const times = visits.time(task.assignment).read(performance.now());
      const after = visits.comesAfter(task.assignment);
      const upon = after === undefined ? { expected_revision: task.revision } : { after_client_id: after };
      const sent = writingOf(writing, answers);
      const body = { ...upon, schema_version: task.schema_version, answers, shown, writing: sent, ...times };
      act(task, { kind: "submit", body }, form, task.revision === 0 && after === undefined ? 1 : 0);
      setPrevious(answers);
    },
    [task, visits, act],
  );

  const undoNewest = useRef<() => void>(() => undefined);
  const sayDone = useCallback(
    (message: "annotate.skipped" | "annotate.rejected", { item }: AnnotatorTask) =>
      showToast(t(message, { item: item.external_id }), {
        label: t("annotate.undo"),
        command: "annotate.undo",
        run: () => undoNewest.current(),
      }),
    [t],
  );

  const skip = useCallback(() => {
    if (task === null) return;
    act(
      task,
      { kind: "skip", body: visits.time(task.assignment).read(performance.now()) },
      visits.form(task.assignment),
    );
    sayDone("annotate.skipped", task);
  }, [task, visits, act, sayDone]);

  const reject = useCallback(
    (reason: RejectReason, note: string) => {
      if (task === null) return;
      const times = visits.time(task.assignment).read(performance.now());
      act(task, { kind: "reject", body: { reason, note, ...times } }, visits.form(task.assignment));
      sayDone("annotate.rejected", task);
    },
    [task, visits, act, sayDone],
  );

  const show = useCallback(
    (given: AnnotatorTask) => {
      queue?.putFirst(given);
      setVisit((count) => count + 1);
      setPanel(null);
    },
    [queue],
  );

  const reopen = useCallback(
    async (assignment: number, prepared?: Form, isRedo = false) => {
      try {
        const sent = {
          params: { path: { a: assignment } },
          body: { client_id: crypto.randomUUID() },
        };
        const reopened = await unwrap(
          isRedo
            ? api.POST("/api/assignments/{a}/redo", sent)
            : api.POST("/api/assignments/{a}/reopen", sent),
        );
        const needed = await queries.ensureQueryData(schemaQuery(slug, reopened.schema_version));
        if (prepared !== undefined) visits.keepForm(assignment, prepared);
        else visits.prepare(reopened, needed, undefined);
        show(reopened);
        return true;
      } catch (failure) {
        showToast(failure instanceof ApiError ? failure.message : t("annotate.reopen_offline"));
        return false;
      }
    },
    [queries, slug, visits, show, t],
  );

  const undoLast = useCallback(async () => {
    const last = visits.takeLast();
    if (last === null || kept === null) {
      showToast(t("annotate.nothing_to_undo"));
      return;
    }
    if (await kept.outbox.takeBack(last.clientId)) {
      visits.resume(last);
      show(last.task);
      progress.count(-last.counted);
      return;
    }
    await kept.outbox.settled(last.clientId);
    if (kept.outbox.isWaiting(last.clientId)) {
      visits.revise(last);
      show(last.task);
    } else if (!(await reopen(last.task.assignment, last.form))) visits.putBack(last);
  }, [visits, kept, show, progress.count, reopen, t]);

  undoNewest.current = () => void undoLast();

  useReopenFromAddress(slug, queue !== null, reopen);

  const reveal = useCallback(
    async (answers: Answers) => {
      if (task === null) return [];
      if (task.reveal.policy === "after_choice") {
        const [form, writing] = [visits.form(task.assignment), visits.writing(task.assignment)];
        autosave.current?.note({ form, answers, writing });
        await autosave.current?.flush();
      }
      const params = { path: { a: task.assignment } };
      const { suggestions } = await unwrap(api.GET("/api/assignments/{a}/suggestions", { params }));
      if (suggestions.length === 0) showToast(t("annotate.no_suggestions"));
      return suggestions;
    },
    [task, visits, t],
  );

  const change = useCallback(
    (form: Form, answers: Answers, writing: Record<string, Writing>) => {
      if (task === null) return;
      begun.current = task.assignment;
      visits.keepForm(task.assignment, form, writing);
      autosave.current?.note({ form, answers, writing });
    },
    [task, visits],
  );

  const noteGenerating = useCallback((isGenerating: boolean) => {
    if (isGenerating) time.current?.wait(performance.now());
    else time.current?.endWait(performance.now());
  }, []);

  useGuardLeaving(outbox?.isLasting === false && draft !== "saved");
  useCommands([
    { id: "keys.sheet", keys: ["?"], scope: "page", label: "keys.sheet", run: () => setPanel("keys") },
    ...(task === null
      ? [
          {
            id: "annotate.undo",
            keys: ["z", "Ctrl+z"],
            scope: "page" as const,
            label: "keys.undo",
            run: () => undoNewest.current(),
          },
        ]
      : []),
  ]);

  const leaseLeft = useLeaseLeft(queue, task);
  const save = saveOf(outbox, draft);
  const waiting = outbox?.entries.filter(({ state }) => state === "waiting") ?? [];
  const troubled = outbox?.entries.find(({ state }) => state !== "waiting");
  const shownEntry = outbox?.entries.find(({ client_id }) => client_id === opened);
  const again = useCallback(() => void queue?.again(), [queue]);

  return (
    <div className="app annotate">
      <a className="skip" href="#form">
        {t("annotate.skip_to_form")}
      </a>
      <Header
        project={project.name}
        item={task?.item.external_id}
        progress={progress.data}
        onGuideline={() => setPanel(panel === "guideline" ? null : "guideline")}
        onKeys={() => setPanel("keys")}
        onHistory={() => setPanel(panel === "history" ? null : "history")}
        feedbackOf={project.rubrics.length > 0 ? slug : undefined}
      >
        {task?.redo && <RedoRound redo={task.redo} />}
        <SaveState
          save={save}
          waiting={waiting.length}
          onOpen={() => openEntry(troubled?.client_id ?? null)}
        />
        {task && <Clock key={`${task.assignment} ${visit}`} time={visits.time(task.assignment)} />}
      </Header>
      <Banners
        others={outbox?.others ?? []}
        isLasting={outbox?.isLasting ?? true}
        unsent={outbox?.isReachable === false ? waiting.length : 0}
        onRetry={() => kept?.outbox.wake()}
      />
      <p className="vh" role="status">
        {task &&
          progress.data &&
          t("annotate.announce", { number: progress.data.today + 1, goal: progress.data.goal })}
      </p>
      {task && schema ? (
        <TaskView
          key={`${task.assignment} ${visit}`}
          task={task}
          schema={schema}
          settings={settings}
          sections={project.guideline.sections}
          initial={visits.form(task.assignment)}
          writing={visits.writing(task.assignment)}
          previous={previous}
          isGuidelineOpen={panel === "guideline"}
          onGuideline={(isOpen) => setPanel(isOpen ? "guideline" : null)}
          onChange={change}
          onSubmit={submit}
          onUndo={() => void undoLast()}
          onSkip={skip}
          onReject={reject}
          onFlag={(question) => flag({ question })}
          onReveal={reveal}
          checkedBy={project.review.check ? project.rubrics : undefined}
          assistant={project.assistant}
          slug={slug}
          rubrics={project.rubrics}
          onGenerating={noteGenerating}
          ending={
            project.assistant && <WhatNext project={project} hasDrafts={task.assist?.held_out === false} />
          }
          notices={
            <>
              {leaseLeft !== null && leaseLeft < WARN_BEFORE_MS && (
                <LeaseEnding leftMs={leaseLeft} onExtend={() => void queue?.extendLeases()} />
              )}
              <Replies slug={slug} />
            </>
          }
        />
      ) : (
        <Without slug={slug} isLoading={isLoading} empty={empty} error={error} onAgain={again} />
      )}
      {panel === "history" && (
        <HistoryPanel
          slug={slug}
          waiting={waiting}
          onReopen={(assignment) => void reopen(assignment)}
          onClose={() => setPanel(null)}
        />
      )}
      {panel === "keys" && <KeySheet onClose={() => setPanel(null)} />}
      {flagged && task && schema && (
        <FlagDialog
          assignment={task.assignment}
          questions={schema.questions}
          at={flagged.question}
          onClose={() => flag(null)}
        />
      )}
      {kept && shownEntry && (
        <WaitingDialog
          outbox={kept.outbox}
          entry={shownEntry}
          questions={schema?.questions ?? project.questions}
          onClose={() => openEntry(null)}
        />
      )}
    </div>
  );
}

/** How the texts that are sent came about. */
function writingOf(writing: Record<string, Writing>, answers: Answers): Record<string, Writing> {
  return Object.fromEntries(Object.entries(writing).filter(([question]) => answers[question] !== undefined));
}

/** That an answer came back, for which time, and how long it is kept. */
function RedoRound({ redo }: { redo: NonNullable<AnnotatorTask["redo"]> }) {
  const { t } = useTranslation();
  return (
    <span className="chip redo redo-round">
      <Icon name="redo" small />{" "}
      <span className="long">{t("annotate.redo_round", { round: redo.round, rounds: redo.rounds })}</span>
      <span className="short">{t("annotate.redo_short")}</span>
      {redo.until && (
        <span className="long until">{t("annotate.redo_until", { when: momentOf(redo.until) })}</span>
      )}
    </span>
  );
}

interface BannersProps {
  others: readonly { name: string; count: number }[];
  isLasting: boolean;
  unsent: number;
  onRetry: () => void;
}

/** What must be known about the answers on this machine. */
function Banners({ others, isLasting, unsent, onRetry }: BannersProps) {
  const { t } = useTranslation();
  return (
    <div className="banners">
      {!isLasting && (
        <p className="note warn" role="alert">
          {t("annotate.no_storage")}
        </p>
      )}
      {unsent > 0 && (
        <div className="note warn" role="status">
          <span className="grow">{t("annotate.unsent", { count: unsent })}</span>
          <button type="button" className="btn sm" onClick={onRetry}>
            {t("common.retry")}
          </button>
        </div>
      )}
      {others.map(({ name, count }) => (
        <p key={name} className="note warn">
          {t("annotate.others_unsent", { name, count })}
        </p>
      ))}
    </div>
  );
}

interface WithoutProps {
  slug: string;
  isLoading: boolean;
  empty: Parameters<typeof EmptyQueueView>[0]["empty"] | null;
  error: unknown;
  onAgain: () => void;
}

/** No task on screen: loading, nothing to do, or no answer from the server. */
function Without({ slug, isLoading, empty, error, onAgain }: WithoutProps) {
  const { t } = useTranslation();
  if (error)
    return (
      <main className="screen">
        <Empty title={t("annotate.no_task")} />
        <ErrorNote error={error} onRetry={onAgain} />
      </main>
    );
  if (empty && !isLoading) return <EmptyQueueView slug={slug} empty={empty} onAgain={onAgain} />;
  return <main className="work skeleton" aria-busy="true" aria-label={t("annotate.loading")} />;
}

/** One's progress, counted on at once with each submit. */
function useProgress(slug: string): { data: MyProgress | undefined; count: (by: number) => void } {
  const queries = useQueryClient();
  const queryKey = useMemo(() => ["progress", "mine", slug], [slug]);
  const { data } = useQuery({
    queryKey,
    queryFn: () => {
      const since = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
      const params = { path: { p: slug }, query: { since } };
      return unwrap(api.GET("/api/projects/{p}/progress/mine", { params }));
    },
    staleTime: 60_000,
  });
  const count = useCallback(
    (by: number) =>
      queries.setQueryData<MyProgress>(queryKey, (now) =>
        now ? { ...now, today: now.today + by, total: now.total + by } : now,
      ),
    [queries, queryKey],
  );
  return { data, count };
}

/** `?reopen=7` or `?redo=7`, as one's own work and feedback link here: open that item, then forget the wish. */
function useReopenFromAddress(
  slug: string,
  isReady: boolean,
  reopen: (assignment: number, prepared?: Form, isRedo?: boolean) => Promise<boolean>,
) {
  const { reopen: reopened, redo } = useSearch({ strict: false });
  const wanted = redo ?? reopened;
  const navigate = useNavigate();
  const isDone = useRef(false);
  useEffect(() => {
    if (wanted === undefined || !isReady || isDone.current) return;
    isDone.current = true;
    void reopen(wanted, undefined, redo !== undefined);
    void navigate({ to: "/p/$slug/annotate", params: { slug }, search: {}, replace: true });
  }, [wanted, redo, isReady, reopen, navigate, slug]);
}

/** Milliseconds left of the lease, looked at every few seconds. */
function useLeaseLeft(queue: ReturnType<typeof useQueue>, task: AnnotatorTask | null): number | null {
  const [left, setLeft] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at anew when the lease changes
  useEffect(() => {
    const look = () => setLeft(queue?.leaseLeft() ?? null);
    look();
    const timer = setInterval(look, 10_000);
    return () => clearInterval(timer);
  }, [queue, task?.assignment, task?.lease_until]);
  return left;
}
