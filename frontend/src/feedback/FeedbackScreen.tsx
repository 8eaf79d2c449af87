/** What others found in one's own answers: the list, the answer with the feedback on it, the score and the way it went. */
import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FlagDialog } from "../annotate/FlagDialog";
import { GuidelinePanel } from "../annotate/GuidelinePanel";
import "../annotate/annotate.css";
import { Unsent } from "../annotate/Unsent";
import { schemaQuery } from "../annotate/useQueue";
import { projectQuery } from "../api/project";
import "../locales/feedback";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { CommandKey } from "../shared/Kbd";
import { KeySheet } from "../shared/KeySheet";
import { useCommands } from "../shared/keys";
import { MyTabs } from "../shared/MyTabs";
import { Brand, PersonMenu, ThemeSwitch } from "../shared/TopBar";
import { showToast } from "../shared/toast";
import { useTitle } from "../shared/useTitle";
import { Banner } from "./Banner";
import { standing as standingOf } from "./cards";
import { eachOnce, entryBeside } from "./entries";
import { FeedbackCards } from "./FeedbackCards";
import { FeedbackList } from "./FeedbackList";
import { FirstPass } from "./FirstPass";
import { History } from "./History";
import "./feedback.css";
import { OwnAnswer } from "./OwnAnswer";
import { ReplyDialog } from "./ReplyDialog";
import { answerQuery, listFeedback, noteSeen, redoQuery, type SourceFilter } from "./requests";
import { ScoreRail } from "./ScoreRail";
import type { AnswerFeedback } from "./types";
import { useIsNarrow } from "./useIsNarrow";

export function FeedbackScreen() {
  const { slug } = useParams({ strict: false }) as { slug: string };
  return <FeedbackOf key={slug} slug={slug} />;
}

type Open = "guideline" | "keys" | "ask" | "disagree" | null;

function FeedbackOf({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  const { assignment: wanted } = useSearch({ strict: false }) as { assignment?: number };
  const navigate = useNavigate();
  const queries = useQueryClient();
  const isNarrow = useIsNarrow();
  const [source, setSource] = useState<SourceFilter>("all");
  const [open, setOpen] = useState<Open>(null);
  const pages = useInfiniteQuery({
    queryKey: ["feedback", "list", slug, source],
    queryFn: ({ pageParam }) => listFeedback(slug, source, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY, // what is read stays in its place until the screen is opened again
    gcTime: 0,
  });
  const entries = useMemo(
    () => eachOnce(pages.data?.pages.flatMap(({ items }) => items) ?? []),
    [pages.data],
  );
  const selected = wanted ?? (isNarrow ? undefined : entries[0]?.assignment);
  const answer = useQuery({ ...answerQuery(selected ?? 0), enabled: selected !== undefined });
  useTitle(t("feedback.title"), project.name);
  useSeen(slug, answer.data);

  const goTo = (assignment: number | undefined) =>
    void navigate({ to: "/p/$slug/feedback", params: { slug }, search: { assignment }, replace: true });
  const step = (steps: number) => goTo(entryBeside(entries, selected, steps)?.assignment);
  const redo = () => {
    if (selected !== undefined && answer.data?.can_redo)
      void navigate({ to: "/p/$slug/annotate", params: { slug }, search: { redo: selected } });
  };
  const toReplyTo = answer.data && replyable(answer.data);
  const isShown = answer.data !== undefined;
  const toggle = (one: Open) => setOpen(open === one ? null : one);

  useCommands([
    {
      id: "feedback.next",
      keys: ["j", "ArrowDown"],
      label: "feedback.keys.next",
      ...ON_PAGE,
      run: () => step(1),
    },
    {
      id: "feedback.previous",
      keys: ["k", "ArrowUp"],
      label: "feedback.keys.previous",
      ...ON_PAGE,
      run: () => step(-1),
    },
    {
      id: "feedback.redo",
      keys: ["Enter"],
      label: "feedback.redo",
      scope: "page",
      isEnabled: () => answer.data?.can_redo === true,
      run: redo,
    },
    {
      id: "feedback.ask",
      keys: ["f"],
      label: "feedback.ask",
      scope: "page",
      isEnabled: () => isShown,
      run: () => setOpen("ask"),
    },
    {
      id: "feedback.disagree",
      keys: ["x"],
      label: "feedback.disagree.button",
      scope: "page",
      isEnabled: () => toReplyTo !== undefined,
      run: () => setOpen("disagree"),
    },
    {
      id: "feedback.guideline",
      keys: ["q"],
      label: "keys.guideline",
      scope: "page",
      run: () => toggle("guideline"),
    },
    { id: "keys.sheet", keys: ["?"], label: "keys.sheet", scope: "page", run: () => setOpen("keys") },
  ]);

  const isReviewer = project.role !== "annotator";
  const isEmpty = pages.isSuccess && entries.length === 0 && selected === undefined;
  const annotates = !isReviewer || (project.role === "researcher" && !(isEmpty && source === "all"));
  const counts = source === "all" ? pages.data?.pages[0]?.counts : undefined;
  return (
    <div className="app feedback">
      <a className="skip" href="#detail">
        {t("feedback.skip")}
      </a>
      <header className="top">
        <Brand />
        <span className="sep wide" />
        {annotates ? (
          <>
            <MyTabs slug={slug} />
            <h1 className="vh">{t("feedback.title")}</h1>
          </>
        ) : (
          <>
            <Link className="crumb" to="/p/$slug" params={{ slug }} dir="auto">
              {project.name}
            </Link>
            <h1 className="crumb">{t("feedback.title")}</h1>
          </>
        )}
        <span className="grow" />
        <Unsent />
        <Button
          look="quiet"
          className="guideline"
          icon="book"
          command="feedback.guideline"
          onClick={() => toggle("guideline")}
        >
          {t("annotate.guideline")}
        </Button>
        <button
          type="button"
          className="btn quiet icon wide"
          aria-label={t("keys.title")}
          onClick={() => setOpen("keys")}
        >
          <CommandKey id="keys.sheet" />
        </button>
        <span className="wide">
          <ThemeSwitch />
        </span>
        <PersonMenu />
      </header>
      {isEmpty && source === "all" ? (
        <main className="screen" id="detail">
          <NoFeedback slug={slug} isReviewer={isReviewer} />
        </main>
      ) : (
        <div className="feedback-work" data-chosen={wanted !== undefined || undefined}>
          <FeedbackList
            slug={slug}
            entries={entries}
            counts={counts}
            selected={selected}
            source={source}
            onSource={(one) => {
              setSource(one);
              goTo(undefined);
            }}
            onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
            isLoading={pages.isFetching}
          />
          <Detail slug={slug} answer={answer.data} isLoading={answer.isLoading || pages.isLoading}>
            <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
            <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />
            {isEmpty && <Empty title={t("feedback.none_of_source")} />}
          </Detail>
        </div>
      )}
      {answer.data && (
        <footer className="foot">
          <Button look="quiet" icon="flag" command="feedback.ask" onClick={() => setOpen("ask")}>
            {t("feedback.ask")}
          </Button>
          {toReplyTo && (
            <Button look="quiet" icon="x" command="feedback.disagree" onClick={() => setOpen("disagree")}>
              {t("feedback.disagree.button")}
            </Button>
          )}
          <span className="grow" />
          {answer.data.can_redo ? (
            <>
              <span className="meta forecast">{t("feedback.redo_does")}</span>
              <Button look="primary" className="submit" icon="redo" command="feedback.redo" onClick={redo}>
                {t("feedback.redo")}
              </Button>
            </>
          ) : (
            <Button onClick={() => step(1)} command="feedback.next">
              {t("feedback.next")}
            </Button>
          )}
        </footer>
      )}
      {open === "guideline" && (
        <GuidelinePanel
          sections={project.guideline.sections}
          questions={project.questions}
          at={undefined}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "keys" && <KeySheet onClose={() => setOpen(null)} />}
      {open === "ask" && answer.data && (
        <FlagDialog
          assignment={answer.data.assignment}
          questions={project.questions}
          at={undefined}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "disagree" && answer.data && toReplyTo && (
        <ReplyDialog
          feedback={toReplyTo}
          onClose={() => setOpen(null)}
          onReplied={() => {
            setOpen(null);
            showToast(t("feedback.disagree.sent"));
            void queries.invalidateQueries(answerQuery(answer.data.assignment));
          }}
        />
      )}
    </div>
  );
}

/** Why nothing is here, and where reviewers find what they look for. */
function NoFeedback({ slug, isReviewer }: { slug: string; isReviewer: boolean }) {
  const { t } = useTranslation();
  if (!isReviewer) return <Empty title={t("feedback.none")}>{t("feedback.none_why")}</Empty>;
  return (
    <Empty
      title={t("feedback.none_own")}
      action={
        <Link className="btn primary" to="/p/$slug/review" params={{ slug }} search={{}}>
          {t("nav.review")}
        </Link>
      }
    >
      {t("feedback.none_own_why")}
    </Empty>
  );
}

const ON_PAGE = {
  scope: "page",
  isEnabled: (key: string) =>
    !key.startsWith("Arrow") || !document.activeElement?.closest(".feedback-main, .rail"),
} as const;

interface DetailProps {
  slug: string;
  answer: AnswerFeedback | undefined;
  isLoading: boolean;
  children: React.ReactNode;
}

/** The answer chosen: what stands, the answer, the cards; the rail beside them. */
function Detail({ slug, answer, isLoading, children }: DetailProps) {
  const { t } = useTranslation();
  const [chosen, choose] = useState<{ assignment: number; revision: number } | null>(null);
  const schema = useQuery({
    ...schemaQuery(slug, answer?.schema_version ?? 1),
    enabled: answer !== undefined,
  }).data;
  const newest = answer && newestOf(answer);
  const number =
    chosen !== null && chosen.assignment === answer?.assignment ? chosen.revision : newest?.number;
  const shown = answer?.revisions.find((revision) => revision.number === number);
  const standing = shown ? standingOf(shown.feedback, shown.decision) : null;
  return (
    <>
      <main
        className="feedback-main"
        id="detail"
        tabIndex={0}
        aria-label={t("feedback.detail")}
        aria-busy={isLoading}
      >
        <Link className="btn sm back" to="/p/$slug/feedback" params={{ slug }} search={{}}>
          {t("feedback.back")}
        </Link>
        {children}
        {answer && shown && schema && (
          <>
            <Banner
              answer={answer}
              decision={shown.decision}
              standing={standing}
              isNewest={shown === newest}
            />
            <OwnAnswer
              item={answer.item}
              orders={answer.orders}
              schema={schema}
              revisions={answer.revisions}
              shown={shown}
              onShow={(revision) => choose({ assignment: answer.assignment, revision })}
            />
            <FeedbackCards
              assignment={answer.assignment}
              rubrics={answer.rubrics}
              feedback={shown.feedback}
              decision={shown.decision}
            />
          </>
        )}
      </main>
      <aside className="rail" aria-label={t("feedback.rail")} tabIndex={0}>
        {answer && shown && (
          <>
            <ScoreRail rubrics={answer.rubrics} standing={standing} />
            <History revisions={answer.revisions} />
            <FirstPass slug={slug} counts={answer.first_pass} />
          </>
        )}
      </aside>
    </>
  );
}

/** The newest revision that was decided; before any was, the newest. */
function newestOf({ revisions }: AnswerFeedback) {
  return revisions.findLast(({ decision }) => decision !== null) ?? revisions.at(-1);
}

/** The newest word of a person that can still be replied to. */
function replyable({ revisions }: AnswerFeedback) {
  return revisions.flatMap(({ feedback }) => feedback).findLast(({ can_reply }) => can_reply);
}

/** Once it is on screen it was seen. */
function useSeen(slug: string, answer: AnswerFeedback | undefined): void {
  const queries = useQueryClient();
  const seen = useRef(new Set<number>());
  const assignment = answer?.assignment;
  useEffect(() => {
    if (assignment === undefined || seen.current.has(assignment)) return;
    seen.current.add(assignment);
    void noteSeen(assignment).then(
      () => queries.invalidateQueries(redoQuery(slug)),
      () => seen.current.delete(assignment),
    );
  }, [assignment, queries, slug]);
}
