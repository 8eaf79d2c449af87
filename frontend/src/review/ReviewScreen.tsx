/**
 * Reviewing: the answer on screen, the rubric beside it, the next one after it is stored. What is entered is kept in
 * the tab until the server has it; a review that could not be stored stays on screen.
 */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "../annotate/annotate.css";
import { Clock } from "../annotate/Clock";
import { HandlingTime } from "../annotate/handling_time";
import { startAfterPaint, useHandlingTime } from "../annotate/useHandlingTime";
import { schemaQuery } from "../annotate/useQueue";
import { api, unwrap } from "../api/client";
import { ApiError } from "../api/error";
import { projectQuery } from "../api/project";
import { useMe } from "../api/session";
import "../locales/review";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { KeySheet } from "../shared/KeySheet";
import { useCommands } from "../shared/keys";
import { showToast } from "../shared/toast";
import { CalibrationResult } from "./CalibrationResult";
import { forgetForm, keepForm, keptForm } from "./kept";
import { ReviewHeader } from "./ReviewHeader";
import { ReviewList } from "./ReviewList";
import { type Reviewed, ReviewView } from "./ReviewView";
import "./review.css";
import { type ReviewForm, reviewFormOf } from "./review_form";
import { releaseReview, revealJudge, storeReview } from "./reviews";
import { type Standing, Stored } from "./Stored";
import type { Finding, ReviewTask } from "./types";
import { useReviews } from "./useReviews";

export function ReviewScreen() {
  const { slug } = useParams({ strict: false }) as { slug: string };
  return <Review key={slug} slug={slug} />;
}

function Review({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  const reviews = useReviews(slug, useAssignmentFromAddress(slug));
  const { task, queue, empty, error, visit } = reviews;
  const schema = useQuery({
    ...schemaQuery(slug, task?.schema_version ?? project.schema_version),
    enabled: task !== null,
  }).data;
  const sections = useSections(slug, task);
  const [panel, setPanel] = useState<"guideline" | "list" | "keys" | "calibration" | null>(null);
  const [standing, setStanding] = useState<Standing>("stored");
  const [failure, setFailure] = useState<unknown>(null);
  const [last, setLast] = useState<number | null>(null);
  const time = useRef<HandlingTime | null>(null);
  const [clock, setClock] = useState<HandlingTime | null>(null);
  const clientId = useRef("");
  useHandlingTime(time);

  // A review comes on screen: nothing of the one before is left.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each visit
  useLayoutEffect(() => {
    clientId.current = crypto.randomUUID();
    time.current = null;
    setClock(null);
    setStanding("stored");
    setFailure(null);
  }, [task?.assignment, visit]);

  const address = useMemo(
    () => task && { person: me.id, assignment: task.assignment, revision: task.revision },
    [task, me.id],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for once for each visit
  const kept = useMemo(() => address && keptForm(address), [address, visit]);

  const start = () => {
    const made = new HandlingTime(1000 * project.settings.idle_gap_seconds);
    time.current = made;
    setClock(made);
    startAfterPaint(made);
  };
  const isBegun = task !== null && (task.own !== null || kept !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each visit
  useEffect(() => {
    if (isBegun) start();
  }, [task?.assignment, visit]);

  const change = useCallback(
    (form: ReviewForm) => {
      if (address === null) return;
      keepForm(address, form);
      setStanding("kept");
    },
    [address],
  );

  const reveal = async (findings: Finding[]) => {
    if (task === null) return null;
    try {
      setFailure(null);
      return await revealJudge(task.assignment, task.revision, findings);
    } catch (problem) {
      setFailure(problem);
      throw problem;
    }
  };

  const store = async ({ findings, agreements, note, status }: Reviewed) => {
    if (task === null || address === null || standing === "storing") return;
    setStanding("storing");
    setFailure(null);
    try {
      await storeReview(task.assignment, {
        client_id: clientId.current,
        revision: task.revision,
        rubric_version: task.rubric_version,
        findings,
        agreements,
        note,
        active_ms: time.current?.read(performance.now()).active_ms ?? 0,
      });
    } catch (problem) {
      setStanding("failed");
      setFailure(problem);
      return;
    }
    forgetForm(address);
    setLast(task.assignment);
    void queries.invalidateQueries({ queryKey: ["reviews", slug] });
    const kind = task.is_calibration ? "calibration" : status;
    showToast(t(`review.stored.${kind}`, { item: task.item.external_id }), {
      label: t("review.undo"),
      command: "review.undo",
      run: () => void reviews.open(task.assignment),
    });
    const found = await reviews.next();
    const progress = found?.queue.calibration;
    if (task.is_calibration && progress && progress.done >= progress.total) setPanel("calibration");
  };

  const skip = async () => {
    if (task === null || address === null) return;
    forgetForm(address);
    await releaseReview(task.assignment).catch(() => undefined);
    showToast(t("review.skipped", { item: task.item.external_id }));
    await reviews.next();
  };

  const undoLast = () => {
    if (last === null) return showToast(t("review.nothing_to_undo"));
    setLast(null);
    void reviews.open(last);
  };

  useReleaseOnLeave(task, standing === "stored");
  useCommands([
    { id: "keys.sheet", keys: ["?"], scope: "page", label: "keys.sheet", run: () => setPanel("keys") },
    ...(task === null
      ? [
          {
            id: "review.undo",
            keys: ["z", "Ctrl+z"],
            scope: "page" as const,
            label: "review.keys.undo",
            run: undoLast,
          },
        ]
      : []),
  ]);

  const toggle = (name: NonNullable<typeof panel>) => setPanel(panel === name ? null : name);
  const open = (assignment: number) => {
    setPanel(null);
    void reviews.open(assignment);
  };
  return (
    <div className="app annotate review">
      <a className="skip" href="#rubric">
        {t("review.skip_to_rubric")}
      </a>
      <ReviewHeader
        project={project.name}
        task={task}
        queue={queue}
        onGuideline={() => toggle("guideline")}
        onKeys={() => setPanel("keys")}
        onList={() => toggle("list")}
      >
        <Stored standing={standing} />
        {clock && <Clock key={`${task?.assignment} ${visit}`} time={clock} />}
      </ReviewHeader>
      <p className="vh" role="status">
        {task && t("review.announce", { item: task.item.external_id })}
      </p>
      <div className="banners">
        {task?.is_calibration && queue?.calibration && (
          <p className="note warn" role="status">
            <b>
              {t("review.calibration.progress", {
                number: Math.min(queue.calibration.done + 1, queue.calibration.total),
                total: queue.calibration.total,
              })}
            </b>{" "}
            <span>{t("review.calibration.why")}</span>
          </p>
        )}
        {failure !== null && (
          <Trouble failure={failure} onNew={() => task && void reviews.open(task.assignment)} />
        )}
      </div>
      {task && schema ? (
        <ReviewView
          key={`${task.assignment} ${visit}`}
          task={task}
          schema={schema}
          sections={sections ?? project.guideline.sections}
          initial={kept ?? reviewFormOf(task.own)}
          isBegun={isBegun}
          isBusy={standing === "storing"}
          isGuidelineOpen={panel === "guideline"}
          onGuideline={(isOpen) => setPanel(isOpen ? "guideline" : null)}
          onStart={start}
          onChange={change}
          onReveal={reveal}
          onStore={(reviewed) => void store(reviewed)}
          onUndo={undoLast}
          onSkip={task.is_calibration ? undefined : () => void skip()}
          onList={() => toggle("list")}
          notices={
            <>
              {task.own !== null && <p className="notice">{t("review.reopened")}</p>}
              {task.guideline_version !== project.guideline.version && (
                <p className="notice">{t("review.old_guideline", { version: task.guideline_version })}</p>
              )}
            </>
          }
        />
      ) : (
        <main className="screen">
          {error ? (
            <Empty
              title={t("review.no_review")}
              action={<ErrorNote error={error} onRetry={() => void reviews.next()} />}
            />
          ) : empty ? (
            <Empty
              title={t(`review.empty.${empty.reason}`)}
              action={
                <div className="row">
                  <Button look="primary" onClick={() => void reviews.next()}>
                    {t("review.empty.again")}
                  </Button>
                  <Button onClick={() => setPanel("list")}>{t("review.list")}</Button>
                  <Link className="btn quiet" to="/p/$slug" params={{ slug }}>
                    {t("review.empty.project")}
                  </Link>
                </div>
              }
            >
              {empty.text}
            </Empty>
          ) : (
            <p className="vh" role="status">
              {t("review.loading")}
            </p>
          )}
        </main>
      )}
      {panel === "list" && <ReviewList slug={slug} onOpen={open} onClose={() => setPanel(null)} />}
      {panel === "keys" && <KeySheet onClose={() => setPanel(null)} />}
      {panel === "calibration" && (
        <CalibrationResult slug={slug} rubrics={project.rubrics} onClose={() => setPanel(null)} />
      )}
    </div>
  );
}

/** A review that is not stored; where the answer changed meanwhile, the way to the new one. */
function Trouble({ failure, onNew }: { failure: unknown; onNew: () => void }) {
  const { t } = useTranslation();
  if (!(failure instanceof ApiError && failure.status === 409)) return <ErrorNote error={failure} />;
  return (
    <p className="note redo" role="alert">
      <span className="grow">
        {t("review.changed_meanwhile")} {failure.message}
      </span>
      <Button small onClick={onNew}>
        {t("review.load_new")}
      </Button>
    </p>
  );
}

/** The guideline the annotator worked by; undefined where it is today's. */
function useSections(slug: string, task: ReviewTask | null) {
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  const version = task?.guideline_version ?? project.guideline.version;
  const isOld = version !== project.guideline.version;
  return useQuery({
    queryKey: ["guideline", slug, version],
    queryFn: () =>
      unwrap(api.GET("/api/projects/{p}/guidelines/{v}", { params: { path: { p: slug, v: version } } })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isOld,
  }).data?.sections;
}

/** `?assignment=7`, as other screens link here: review that one first, then forget the wish. */
function useAssignmentFromAddress(slug: string): number | undefined {
  const { assignment } = useSearch({ strict: false }) as { assignment?: number };
  const [wanted] = useState(assignment);
  const navigate = useNavigate();
  useEffect(() => {
    if (assignment !== undefined)
      void navigate({ to: "/p/$slug/review", params: { slug }, search: {}, replace: true });
  }, [assignment, navigate, slug]);
  return wanted;
}

/** Who leaves without having entered anything leaves the answer to others. */
function useReleaseOnLeave(task: ReviewTask | null, isUntouched: boolean): void {
  const newest = useRef({ task, isUntouched });
  newest.current = { task, isUntouched };
  useEffect(
    () => () => {
      const { task: left, isUntouched: nothing } = newest.current;
      if (left !== null && nothing) void releaseReview(left.assignment).catch(() => undefined);
    },
    [],
  );
}
