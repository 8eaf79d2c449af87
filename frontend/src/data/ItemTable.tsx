/** Every item of a project, by state and text, a page at a time; a record opens beside the table. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { readItems } from "../api/researcher";
import type { ItemPage, ListedItem } from "../api/researcher_types";
import type { Question } from "../api/types";
import "../locales/researcher";
import { inWords } from "../projects/quantities";
import { useProject } from "../projects/useProject";
import { hasOptions } from "../questions/kind";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Kbd } from "../shared/Kbd";
import { useCommands } from "../shared/keys";
import { Mark } from "../shared/Mark";
import "../shared/researcher.css";
import "./data.css";
import { ITEM_STATES, StateWord } from "./StateWord";
import { optionLabel, peopleSay } from "./said";

const PAGE = 50;

export function ItemTable() {
  const { t } = useTranslation();
  const project = useProject();
  const navigate = useNavigate();
  const { itemId } = useParams({ strict: false }) as { itemId?: string };
  const search = useSearch({ strict: false }) as { state?: string; q?: string; cursor?: string };
  const newer = useRef<(string | undefined)[]>([]);
  const [passed, setPassed] = useState(0);
  const items = useQuery({
    queryKey: ["items", project.slug, search.state, search.q, search.cursor],
    queryFn: () => readItems(project.slug, { ...search, limit: PAGE }),
    placeholderData: keepPreviousData,
  });
  const rows = items.data?.items ?? [];
  const open = (id: number) =>
    void navigate({
      to: "/p/$slug/data/$itemId",
      params: { slug: project.slug, itemId: String(id) },
      search,
    });
  const filter = (changes: { state?: string; q?: string }) => {
    newer.current = [];
    setPassed(0);
    void navigate({
      to: "/p/$slug/data",
      params: { slug: project.slug },
      search: { ...search, ...changes, cursor: undefined },
    });
  };
  const turn = (cursor: string | undefined, by: number) => {
    setPassed(Math.max(0, passed + by));
    void navigate({ to: "/p/$slug/data", params: { slug: project.slug }, search: { ...search, cursor } });
  };
  return (
    <div className="data-screen" data-side={itemId ? true : undefined}>
      <main className="left" id="main" tabIndex={-1}>
        <h1 className="vh">{t("nav.data")}</h1>
        <Tools key={search.q ?? ""} page={items.data} search={search} onFilter={filter} />
        <ErrorNote error={items.error} onRetry={() => void items.refetch()} />
        <Rows
          project={project}
          rows={rows}
          isLoading={items.isPending}
          open={itemId ? Number(itemId) : null}
          onOpen={open}
          search={search}
        />
        <footer className="foot data-foot">
          {rows.length > 0 && (
            <span className="meta">
              {t(search.q ? "data.shown_found" : "data.shown", {
                from: formatNumber(passed + 1),
                to: formatNumber(passed + rows.length),
                total: formatNumber(items.data?.total ?? 0),
              })}
            </span>
          )}
          <Button
            small
            icon="left"
            disabled={search.cursor === undefined}
            onClick={() => turn(newer.current.pop(), newer.current.length >= 0 ? -PAGE : 0)}
          >
            {t("data.newer")}
          </Button>
          <Button
            small
            disabled={!items.data?.next_cursor}
            onClick={() => {
              newer.current.push(search.cursor);
              turn(items.data?.next_cursor ?? undefined, rows.length);
            }}
          >
            {t("data.older")}
          </Button>
          <span className="grow" />
          <span className="meta row keys">
            <Kbd>J</Kbd>
            <Kbd>K</Kbd> {t("data.key_move")} <Kbd>Enter</Kbd> {t("data.key_open")}
          </span>
        </footer>
      </main>
      <Outlet />
    </div>
  );
}

interface ToolsProps {
  page: ItemPage | undefined;
  search: { state?: string; q?: string };
  onFilter: (changes: { state?: string; q?: string }) => void;
}

function Tools({ page, search, onFilter }: ToolsProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(search.q ?? "");
  const field = useRef<HTMLInputElement>(null);
  useCommands([
    { id: "data.find", keys: ["/"], label: "data.find", scope: "page", run: () => field.current?.focus() },
  ]);
  const find = () => onFilter({ q: text.trim() || undefined });
  return (
    <search className="tools">
      <form
        className="find"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <Icon name="search" small />
        <label className="vh" htmlFor="find">
          {t("data.find")}
        </label>
        <input
          id="find"
          ref={field}
          type="search"
          placeholder={t("data.find")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value === "") onFilter({ q: undefined });
          }}
        />
        <Kbd>/</Kbd>
      </form>
      <span className="row ctl">
        <label htmlFor="state">{t("data.state")}</label>
        <select
          id="state"
          className="field state-filter"
          value={search.state ?? ""}
          onChange={(event) => onFilter({ state: event.target.value || undefined })}
        >
          <option value="">{t("data.any_state")}</option>
          {ITEM_STATES.map((state) => (
            <option key={state} value={state}>
              {t(`data.state_${state}`)}
            </option>
          ))}
        </select>
      </span>
      {(search.q || search.state) && (
        <Button look="quiet" small icon="x" onClick={() => onFilter({ q: undefined, state: undefined })}>
          {t("data.clear")}
        </Button>
      )}
      <span className="meta" role="status">
        {page &&
          t(search.q ? "data.among" : "data.count", {
            count: page.total,
            formatted: formatNumber(page.total),
          })}
      </span>
    </search>
  );
}

interface RowsProps {
  project: ReturnType<typeof useProject>;
  rows: ListedItem[];
  isLoading: boolean;
  open: number | null;
  onOpen: (id: number) => void;
  search: { state?: string; q?: string; cursor?: string };
}

function Rows({ project, rows, isLoading, open, onOpen, search }: RowsProps) {
  const { t } = useTranslation();
  const [picked, pick] = useState<number | null>(open);
  const [asked, ask] = useState(project.questions.find(isCounted)?.name ?? "");
  const question = project.questions.find((each) => each.name === asked);
  const place = rows.findIndex((row) => row.id === (open ?? picked));
  const list = useRef<HTMLTableSectionElement>(null);
  const go = (step: number) => {
    const row = rows[Math.min(Math.max(place + step, 0), rows.length - 1)];
    if (!row) return;
    pick(row.id);
    if (open !== null) onOpen(row.id);
  };
  useEffect(() => {
    list.current?.querySelector("[data-picked]")?.scrollIntoView({ block: "nearest" });
  });
  useCommands([
    {
      id: "data.next",
      keys: ["j", "ArrowDown"],
      label: "data.next",
      scope: "page",
      run: () => go(place < 0 ? 0 : 1),
    },
    { id: "data.previous", keys: ["k", "ArrowUp"], label: "data.previous", scope: "page", run: () => go(-1) },
    {
      id: "data.open",
      keys: ["Enter"],
      label: "data.open",
      scope: "page",
      isEnabled: () => place >= 0,
      run: () => rows[place] && onOpen(rows[place].id),
    },
  ]);
  if (!isLoading && rows.length === 0)
    return <NoItems slug={project.slug} isFiltered={Boolean(search.q || search.state)} />;
  return (
    <section className="grid" tabIndex={0} aria-label={t("data.items")}>
      <table className="table items">
        <colgroup>
          <col style={{ inlineSize: 104 }} />
          <col />
          <col style={{ inlineSize: 104 }} />
          {question && (
            <>
              <col style={{ inlineSize: 188 }} />
              <col style={{ inlineSize: 104 }} />
              <col style={{ inlineSize: 168 }} />
            </>
          )}
          <col style={{ inlineSize: 76 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t("data.item")}</th>
            <th scope="col">{t("data.text")}</th>
            <th scope="col">{t("data.state")}</th>
            {question && (
              <>
                <th scope="col">
                  <QuestionChoice questions={project.questions} asked={asked} onAsk={ask} />
                </th>
                <th scope="col">{t("data.confidence")}</th>
                <th scope="col">{t("data.people")}</th>
              </>
            )}
            <th scope="col" className="num">
              {t("data.time")}
            </th>
          </tr>
        </thead>
        <tbody ref={list}>
          {rows.map((row) => (
            <tr
              key={row.id}
              data-picked={row.id === (open ?? picked) || undefined}
              aria-current={row.id === open ? "true" : undefined}
              onClick={() => pick(row.id)}
              onDoubleClick={() => onOpen(row.id)}
            >
              <th scope="row">
                <Link
                  className="mono"
                  to="/p/$slug/data/$itemId"
                  params={{ slug: project.slug, itemId: String(row.id) }}
                  search={search}
                >
                  {row.external_id}
                </Link>
              </th>
              <td dir="auto">{row.excerpt}</td>
              <td>
                <StateWord state={row.state} />
              </td>
              {question && <Said question={question} row={row} />}
              <td className="num">
                {row.active_ms_median === null ? "–" : inWords(row.active_ms_median / 1000)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Whether what people say can be counted: options and verdicts, not texts and orders. */
function isCounted(question: Question): boolean {
  return hasOptions(question) || question.kind === "pairwise";
}

function QuestionChoice({
  questions,
  asked,
  onAsk,
}: {
  questions: Question[];
  asked: string;
  onAsk: (name: string) => void;
}) {
  const { t } = useTranslation();
  const askable = questions.filter(isCounted);
  return (
    <label className="row">
      {t("data.model")}
      <select
        className="field compact"
        value={asked}
        onChange={(event) => onAsk(event.target.value)}
        aria-label={t("data.question")}
      >
        {askable.map((each) => (
          <option key={each.name} value={each.name}>
            {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the model and the people say to one question, in three cells. */
function Said({ question, row }: { question: Question; row: ListedItem }) {
  const { t } = useTranslation();
  const suggested = row.suggested[question.name];
  const people = peopleSay(question, row.answered[question.name] ?? {});
  return (
    <>
      <td>
        {suggested?.option ? (
          <span className="said">
            <Mark of="model" />
            {optionLabel(question, suggested.option)}
          </span>
        ) : (
          <span className="meta">{suggested ? t("data.not_sure") : "–"}</span>
        )}
      </td>
      <td>
        {suggested?.confidence != null && suggested.option && (
          <>
            <span
              className="bar"
              style={{ "--v": `${suggested.confidence * 100}%` } as React.CSSProperties}
              aria-hidden="true"
            >
              <i />
            </span>{" "}
            <span className="meta">{formatPercent(suggested.confidence)}</span>
          </>
        )}
      </td>
      <td dir="auto">
        {people === null ? (
          <span className="meta">–</span>
        ) : (
          <span className="said" title={people.words}>
            <Mark of="person" />
            {people.split === null ? people.words : t("data.split", { counts: people.split })}
          </span>
        )}
      </td>
    </>
  );
}

function NoItems({ slug, isFiltered }: { slug: string; isFiltered: boolean }) {
  const { t } = useTranslation();
  if (isFiltered) return <Empty title={t("data.none_match")}>{t("data.none_match_why")}</Empty>;
  return (
    <Empty
      title={t("data.none")}
      action={
        <Link className="btn primary" to="/p/$slug/import" params={{ slug }}>
          {t("data.import")}
        </Link>
      }
    >
      {t("data.none_why")}
    </Empty>
  );
}
