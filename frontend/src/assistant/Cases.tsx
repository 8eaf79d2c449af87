/** Rated cases: what a model made, what was said of it, and what the person sent in its place. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Answer, Project, Question } from "../api/types";
import { optionLabel, valuesOf } from "../data/said";
import { formatWhen } from "../projects/quantities";
import { difference } from "../review/difference";
import { Changes } from "../review/GivenAnswer";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import { showToast } from "../shared/toast";
import { addExample, type CaseFilter, readCases } from "./requests";
import type { RatedCase } from "./types";

const RATED = ["all", "draft", "suggestion", "verdict", "check"] as const;
const THUMBS = ["down", "up", "all"] as const;

export function Cases({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { slug } = project;
  const [filter, setFilter] = useState<CaseFilter>({ rated: "all", thumb: "down" });
  const pages = useInfiniteQuery({
    queryKey: ["cases", slug, filter],
    queryFn: ({ pageParam }) => readCases(slug, filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });
  const cases = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <section className="card box" aria-label={t("assistant.filter")}>
        <div className="two">
          <FormRow label={t("assistant.filter_rated")}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={filter.rated}
                onChange={(event) =>
                  setFilter({ ...filter, rated: event.target.value as CaseFilter["rated"] })
                }
              >
                {RATED.map((each) => (
                  <option key={each} value={each}>
                    {t(`assistant.rated_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
          <FormRow label={t("assistant.filter_thumb")}>
            {(tied) => (
              <select
                className="field"
                {...tied}
                value={filter.thumb}
                onChange={(event) =>
                  setFilter({ ...filter, thumb: event.target.value as CaseFilter["thumb"] })
                }
              >
                {THUMBS.map((each) => (
                  <option key={each} value={each}>
                    {t(`assistant.thumb_${each}`)}
                  </option>
                ))}
              </select>
            )}
          </FormRow>
        </div>
      </section>
      <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
      {pages.isSuccess && cases.length === 0 && (
        <section className="card">
          <Empty title={t("assistant.no_cases")}>{t("assistant.no_cases_why")}</Empty>
        </section>
      )}
      {cases.map((one) => (
        <Case key={one.rating} project={project} one={one} />
      ))}
      {pages.hasNextPage && (
        <Button disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t("assistant.more_cases")}
        </Button>
      )}
    </>
  );
}

function Case({ project, one }: { project: Project; one: RatedCase }) {
  const { t } = useTranslation();
  const { slug } = project;
  const question = project.questions.find(({ name }) => name === one.question);
  return (
    <article className="card case" aria-label={t("assistant.case_of", { item: one.item.external_id })}>
      <header>
        <span className="state">
          <Icon name={one.thumb === "down" ? "x" : "check"} />
          {t(`assistant.said_${one.thumb}`)}
        </span>
        {one.complaints.map((each) => (
          <span key={each} className="chip warn">
            {t(`assistant.said_${each}`)}
          </span>
        ))}
        <span className="meta">{t(`assistant.rated_${one.rated}`)}</span>
        <Link className="mono" to="/p/$slug/data/$itemId" params={{ slug, itemId: String(one.item.id) }}>
          {one.item.external_id}
        </Link>
        <span className="grow" />
        <span className="meta">
          <bdi>{one.by}</bdi> · {formatWhen(one.at)}
        </span>
      </header>
      <div className="pad">
        {one.note !== "" && (
          <blockquote className="quoted ctl" dir="auto">
            {one.note}
          </blockquote>
        )}
        {one.query !== "" && (
          <p className="ctl">
            <span className="meta">{t("assistant.query")}</span> <span dir="auto">{one.query}</span>
          </p>
        )}
        <div className="beside-each-other">
          <Made one={one} project={project} question={question} />
          <Sent one={one} question={question} />
        </div>
        <UseAsExample slug={slug} one={one} />
      </div>
    </article>
  );
}

/** What the model said: the draft or the proposed options, and its reason. */
function Made({
  one,
  project,
  question,
}: {
  one: RatedCase;
  project: Project;
  question: Question | undefined;
}) {
  const { t } = useTranslation();
  return (
    <div className="said-box" data-of="model">
      <p className="said-by meta">
        <Mark of="model" />
        <span>{t("assistant.the_model")}</span> <bdi>{one.model}</bdi>
        <span className="mono">{one.version.slice(0, 8)}</span>
      </p>
      {one.part !== "" && (
        <p className="q ctl" dir="auto">
          {partTitle(project, one.part)}
        </p>
      )}
      {one.proposed.length > 0 && (
        <p className="ctl" dir="auto">
          {one.proposed
            .map((value) => gradeLabel(project, one.part, value) ?? optionLabel(question, value))
            .join(", ")}
        </p>
      )}
      {one.text !== "" && (
        <p className="plain" dir="auto">
          {one.text}
        </p>
      )}
    </div>
  );
}

/** What the person sent, with what differs from the model's text marked. */
function Sent({ one, question }: { one: RatedCase; question: Question | undefined }) {
  const { t } = useTranslation();
  const words = one.sent === null ? null : wordsOf(one.sent, question);
  return (
    <div className="said-box" data-of="person">
      <p className="said-by meta">
        <Mark of="person" />
        <span>{t("assistant.the_person")}</span>
        {one.sent !== null && one.state === "redo" && <span>{t("assistant.sent_back")}</span>}
      </p>
      {words === null ? (
        <p className="meta">
          {t(
            one.rated === "draft" || one.rated === "suggestion"
              ? "assistant.not_sent"
              : "assistant.no_answer_to_it",
          )}
        </p>
      ) : (
        <p className="plain" dir="auto">
          {one.rated === "draft" ? <Changes pieces={difference(one.text, words)} /> : words}
        </p>
      )}
    </div>
  );
}

function UseAsExample({ slug, one }: { slug: string; one: RatedCase }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const use = useMutation({
    mutationFn: () => addExample(slug, { rating: one.rating }),
    onSuccess: async () => {
      for (const key of ["examples", "cases"]) await queries.invalidateQueries({ queryKey: [key, slug] });
      showToast(t("assistant.is_example"));
    },
  });
  return (
    <>
      <ErrorNote error={use.error} />
      <div className="actions end">
        {one.example === null && (
          <span className="meta grow">{one.why_no_example ?? t("assistant.never_its_own")}</span>
        )}
        {one.example !== null ? (
          <>
            <span className="state pass grow">
              <Icon name="check" />
              {t("assistant.is_example")}
            </span>
            <Link className="btn sm" to="/p/$slug/assistant" params={{ slug }} search={{ part: "examples" }}>
              {t("assistant.step_examples")}
            </Link>
          </>
        ) : (
          one.why_no_example === null && (
            <Button small disabled={use.isPending} onClick={() => use.mutate()}>
              {t("assistant.use_as_example")}
            </Button>
          )
        )}
      </div>
    </>
  );
}

/** An answer in the words of its question. */
export function wordsOf(answer: Answer, question: Question | undefined): string {
  return valuesOf(answer)
    .map((value) => optionLabel(question, value))
    .join(", ");
}

function partTitle({ rubrics }: Project, part: string): string {
  const parts = rubrics.flatMap(({ criteria, errors }) => [...criteria, ...errors]);
  return parts.find(({ name }) => name === part)?.title ?? part;
}

function gradeLabel({ rubrics }: Project, part: string, grade: string): string | null {
  const criterion = rubrics.flatMap(({ criteria }) => criteria).find(({ name }) => name === part);
  return criterion?.grades.find(({ name }) => name === grade)?.label ?? null;
}
