/** What people said of models' help and how they relied on it, by model and version; no figure is one person's. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { BarRows, Chart } from "../judge/Chart";
import "../judge/judge.css";
import { inWords } from "../projects/quantities";
import { useProject } from "../projects/useProject";
import { Whisker } from "../projects/Whisker";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatDuration, formatMoment, formatNumber, formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";
import { TableScroll } from "../shared/TableScroll";
import {
  COMPLAINTS,
  countText,
  drawn,
  intervalOf,
  isClear,
  medianText,
  pastesOf,
  ratedIn,
  secondsText,
  shareOf,
} from "./figures";
import { readReport } from "./requests";
import type {
  AnswerGroup,
  DraftFigures,
  HoldOut,
  Median,
  SuggestionFigures,
  Thumbs,
  VerdictFigures,
} from "./types";

const GROUPS = ["offered", "held_out", "drafted", "undrafted"] as const;

interface Props {
  slug: string;
  /** How many items have no assistant, as the policy that is in force says. */
  holdoutShare: number;
}

export function Report({ slug, holdoutShare }: Props) {
  const { t } = useTranslation();
  const report = useQuery({
    queryKey: ["assistant-report", slug],
    queryFn: () => readReport(slug),
    staleTime: 0,
  });
  if (!report.data) return <ErrorNote error={report.error} onRetry={() => void report.refetch()} />;
  const { drafts, suggestions, verdicts, hold_out, latest } = report.data;
  if (drafts.length === 0 && suggestions.length === 0 && verdicts.length === 0)
    return (
      <section className="card">
        <Empty title={t("assistant.nothing_made")}>{t("assistant.nothing_made_why")}</Empty>
      </section>
    );
  return (
    <>
      <Drafts drafts={drafts} />
      <HeldOut slug={slug} holdOut={hold_out} holdoutShare={holdoutShare} />
      <Suggestions suggestions={suggestions} />
      <Verdicts verdicts={verdicts} />
      <p className="meta">{t("assistant.latest_note", { formatted: formatNumber(latest) })}</p>
    </>
  );
}

function Drafts({ drafts }: { drafts: DraftFigures[] }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="drafts">
      <header>
        <Mark of="model" />
        <h2 id="drafts">{t("assistant.drafts")}</h2>
        <span className="meta">{t("assistant.drafts_note")}</span>
      </header>
      {drafts.length === 0 && <p className="pad ctl">{t("assistant.no_drafts")}</p>}
      {drafts.map((figures, place) => (
        <details key={`${figures.model} ${figures.version}`} className="part-view" open={place === 0}>
          <summary className="ctl">
            <bdi className="q">{figures.model}</bdi> <span className="mono">{figures.version}</span>{" "}
            <span className="meta">
              {t("assistant.since", {
                count: figures.drafts,
                formatted: formatNumber(figures.drafts),
                at: formatMoment(figures.since),
              })}
            </span>
          </summary>
          <Made figures={figures} />
          <div className="part-charts">
            <Said of={t("assistant.drafts")} thumbs={figures.thumbs} />
            <Became figures={figures} />
          </div>
        </details>
      ))}
    </section>
  );
}

/** How the drafts came out, and how fast. */
function Made({ figures }: { figures: DraftFigures }) {
  const { t } = useTranslation();
  const counted = (["done", "stopped", "abstained", "failed", "cut"] as const).filter(
    (name) => name === "done" || figures[name] > 0,
  );
  return (
    <dl className="stats pad-stats">
      {counted.map((name) => (
        <div key={name}>
          <dt>{t(`assistant.made_${name}`)}</dt>
          <dd>
            {formatNumber(figures[name])}{" "}
            <small>{t("job.of", { total: formatNumber(figures.drafts) })}</small>
          </dd>
        </div>
      ))}
      <Figure
        name="first_token"
        of={figures.first_token_ms}
        words={(ms) => t("assistant.milliseconds", { formatted: formatNumber(Math.round(ms)) })}
      />
      <Figure
        name="tokens_per_second"
        of={figures.tokens_per_second}
        words={(rate) => formatNumber(Math.round(rate * 10) / 10)}
      />
    </dl>
  );
}

/** A median with the number it rests on, or that there is none yet. */
function Figure({ name, of, words }: { name: string; of: Median; words: (median: number) => string }) {
  const { t } = useTranslation();
  const text = medianText(of, words);
  return (
    <div>
      <dt>{t(`assistant.${name}`)}</dt>
      <dd>
        {text === null ? (
          <small>{t("assistant.not_measured")}</small>
        ) : (
          <>
            <bdi>{text}</bdi> <small>{t("assistant.n", { formatted: formatNumber(of.n) })}</small>
          </>
        )}
      </dd>
    </div>
  );
}

/** Thumbs and complaints as bars; the share is of what was rated. */
function Said({ of, thumbs }: { of: string; thumbs: Thumbs }) {
  const { t } = useTranslation();
  const rated = ratedIn(thumbs);
  const rows = [
    { name: "up" as const, n: thumbs.up },
    { name: "down" as const, n: thumbs.down },
    ...COMPLAINTS.map((name) => ({ name, n: thumbs[name] })),
  ];
  if (rated === 0)
    return (
      <div className="chart">
        <h3 className="q ctl">{t("assistant.said")}</h3>
        <p className="ctl">{t("assistant.nobody_rated")}</p>
      </div>
    );
  return (
    <Chart
      title={t("assistant.said")}
      note={t("assistant.rated", { count: rated, formatted: formatNumber(rated), what: of })}
      columns={[t("assistant.said"), t("assistant.ratings"), t("judge.share")]}
      rows={rows.map(({ name, n }) => [
        t(`assistant.said_${name}`),
        formatNumber(n),
        formatPercent(shareOf(n, rated)),
      ])}
      chart={
        <BarRows
          rows={rows.map(({ name, n }) => ({
            name: t(`assistant.said_${name}`),
            bars: [
              {
                of: "person" as const,
                share: shareOf(n, rated),
                text: countText(n, rated, (some, all) => t("assistant.some_of", { n: some, of: all })) ?? "",
                label: t("assistant.ratings"),
              },
            ],
          }))}
        />
      }
    />
  );
}

/** What became of the drafts' words in the answers that were sent. */
function Became({ figures: { writing } }: { figures: DraftFigures }) {
  const { t } = useTranslation();
  const { answers } = writing;
  if (answers === 0)
    return (
      <div className="chart">
        <h3 className="q ctl">{t("assistant.became")}</h3>
        <p className="ctl">{t("assistant.nothing_sent")}</p>
      </div>
    );
  const some = (n: string, of: string) => t("assistant.some_of", { n, of });
  const rows = [
    { name: t("assistant.used"), of: "model" as const, n: writing.used, all: answers },
    { name: t("assistant.unchanged"), of: "model" as const, n: writing.unchanged, all: answers },
  ];
  const pastes = pastesOf(writing.pasted);
  return (
    <div className="stack">
      <Chart
        title={t("assistant.became")}
        note={t("assistant.answers_with", { count: answers, formatted: formatNumber(answers) })}
        columns={[t("assistant.became"), t("judge.answers"), t("judge.share")]}
        rows={rows.map(({ name, n, all }) => [name, formatNumber(n), formatPercent(shareOf(n, all))])}
        chart={
          <BarRows
            rows={rows.map(({ name, of, n, all }) => ({
              name,
              bars: [
                {
                  of,
                  share: shareOf(n, all),
                  text: countText(n, all, some) ?? "",
                  label: t("judge.answers"),
                },
              ],
            }))}
          />
        }
      />
      <dl className="stats">
        <Figure name="share" of={writing.share} words={formatPercent} />
        <Figure
          name="edit_distance"
          of={writing.edit_distance}
          words={(words) =>
            t("assistant.words", { count: Math.round(words), formatted: formatNumber(words) })
          }
        />
        <Figure name="first_edit" of={writing.first_edit_ms} words={(ms) => inWords(ms / 1000)} />
      </dl>
      {pastes.length === 0 ? (
        <p className="meta">{t("assistant.no_pastes")}</p>
      ) : (
        <Chart
          title={t("assistant.pasted")}
          columns={[t("assistant.paste_source"), t("assistant.characters"), t("judge.share")]}
          rows={pastes.map(({ source, n, share }) => [
            t(`assistant.paste_${source}`),
            formatNumber(n),
            formatPercent(share),
          ])}
          chart={
            <BarRows
              rows={pastes.map(({ source, n, share }) => ({
                name: t(`assistant.paste_${source}`),
                bars: [
                  {
                    of: source === "draft" ? ("model" as const) : ("plain" as const),
                    share,
                    text: `${formatPercent(share)} · ${formatNumber(n)}`,
                    label: t("assistant.characters"),
                  },
                ],
              }))}
            />
          }
        />
      )}
    </div>
  );
}

/** Items by chance without the assistant, beside those where it was offered. */
function HeldOut({ slug, holdOut, holdoutShare }: Props & { holdOut: HoldOut }) {
  const { t } = useTranslation();
  const { difference_seconds: difference } = holdOut;
  return (
    <section className="card" aria-labelledby="held-out">
      <header>
        <h2 id="held-out">{t("assistant.held_out_title")}</h2>
        <span className="meta">{t("assistant.held_out_note")}</span>
      </header>
      <div className="pad">
        {difference === null ? (
          <p className="ctl">
            {t("assistant.difference_none")}{" "}
            {holdoutShare === 0 && holdOut.held_out.answers === 0 && (
              <Link to="/p/$slug/assistant" params={{ slug }}>
                {t("assistant.hold_some_out")}
              </Link>
            )}
          </p>
        ) : (
          <div className="difference">
            <span className="ctl">{t("assistant.difference")}</span>
            <DifferenceMark of={difference} />
            <span>
              <b className="ctl">
                <bdi>{secondsText(difference.value)}</bdi>
              </b>{" "}
              <bdi className="meta">
                {t("assistant.difference_interval", {
                  low: secondsText(difference.low),
                  high: secondsText(difference.high),
                })}
              </bdi>
            </span>
            <p className="meta">{t(isClear(difference) ? "assistant.differs" : "assistant.may_be_none")}</p>
          </div>
        )}
        <TableScroll label={t("assistant.held_out_title")}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("assistant.group")}</th>
                <th scope="col" className="num">
                  {t("judge.answers")}
                </th>
                <th scope="col" className="num">
                  {t("assistant.active")}
                </th>
                <th scope="col" className="num">
                  {t("assistant.waiting")}
                </th>
                <th scope="col" className="num">
                  {t("assistant.passed_first")}
                </th>
              </tr>
            </thead>
            <tbody>
              {GROUPS.map((name) => (
                <Group key={name} name={name} group={holdOut[name]} />
              ))}
            </tbody>
          </table>
        </TableScroll>
        <p className="meta">{t("assistant.chosen_note")}</p>
      </div>
    </section>
  );
}

function Group({ name, group }: { name: (typeof GROUPS)[number]; group: AnswerGroup }) {
  const { t } = useTranslation();
  const time = (median: Median) => {
    const text = medianText(median, clockOf);
    return text === null ? "–" : `${text} · ${t("assistant.n", { formatted: formatNumber(median.n) })}`;
  };
  const passed = countText(group.passed_first, group.decided, (n, of) => t("assistant.some_of", { n, of }));
  return (
    <tr>
      <th scope="row">{t(`assistant.group_${name}`)}</th>
      <td className="num">{formatNumber(group.answers)}</td>
      <td className="num">
        <bdi>{time(group.active_seconds)}</bdi>
      </td>
      <td className="num">
        <bdi>{time(group.waiting_seconds)}</bdi>
      </td>
      <td className="num">
        <bdi>{passed ?? "–"}</bdi>
      </td>
    </tr>
  );
}

/** A difference with its interval on a scale around zero. */
function DifferenceMark({ of }: { of: NonNullable<HoldOut["difference_seconds"]> }) {
  const { t } = useTranslation();
  const { low, at, high } = drawn(of);
  const style = { "--low": `${low * 100}%`, "--at": `${at * 100}%`, "--wide": `${(high - low) * 100}%` };
  return (
    <span
      className="difference-mark"
      role="img"
      aria-label={t("assistant.difference_interval", {
        low: secondsText(of.low),
        high: secondsText(of.high),
      })}
      style={style as React.CSSProperties}
    >
      <i />
      <b />
    </span>
  );
}

/** Minutes and seconds: two medians in words could hide that they differ. */
function clockOf(seconds: number): string {
  return formatDuration(seconds * 1000);
}

function Suggestions({ suggestions }: { suggestions: SuggestionFigures[] }) {
  const { t } = useTranslation();
  const { questions } = useProject();
  if (suggestions.length === 0) return null;
  const some = (n: string, of: string) => t("assistant.some_of", { n, of });
  return (
    <section className="card" aria-labelledby="suggestions">
      <header>
        <Mark of="model" />
        <h2 id="suggestions">{t("assistant.suggestions")}</h2>
        <span className="meta">{t("assistant.suggestions_note")}</span>
      </header>
      <TableScroll label={t("assistant.suggestions")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("job.question")}</th>
              <th scope="col">{t("assistant.version")}</th>
              <th scope="col">{t("assistant.helpful")}</th>
              <th scope="col">{t("assistant.kept")}</th>
              <th scope="col" colSpan={2}>
                {t("assistant.wrong_kept")}
              </th>
              <th scope="col">{t("assistant.right_changed")}</th>
              <th scope="col">{t("assistant.time_agreed")}</th>
              <th scope="col">{t("assistant.time_disagreed")}</th>
            </tr>
          </thead>
          <tbody>
            {suggestions.map(({ model, version, question, thumbs, reliance }) => {
              const wrong = intervalOf(reliance.wrong_confirmed, reliance.wrong_shown);
              const time = (median: Median) => medianText(median, clockOf) ?? "–";
              const cell = (n: number, of: number) => countText(n, of, some) ?? t("assistant.not_measured");
              return (
                <tr key={`${model} ${version} ${question}`}>
                  <th scope="row" dir="auto">
                    {questions.find(({ name }) => name === question)?.title ?? question}
                  </th>
                  <td>
                    <bdi>{model}</bdi> <span className="meta mono">{version.slice(0, 8)}</span>
                  </td>
                  <td className="figure">
                    <bdi>{cell(thumbs.up, ratedIn(thumbs))}</bdi>
                  </td>
                  <td className="figure">
                    <bdi>{cell(reliance.kept, reliance.shown)}</bdi>
                  </td>
                  <td>{wrong && <Whisker of="person" {...wrong} />}</td>
                  <td className="figure">
                    <bdi>{cell(reliance.wrong_confirmed, reliance.wrong_shown)}</bdi>
                  </td>
                  <td className="figure">
                    <bdi>{cell(reliance.right_overridden, reliance.right_shown)}</bdi>
                  </td>
                  <td className="figure">
                    <bdi>{time(reliance.agreed_seconds)}</bdi>
                  </td>
                  <td className="figure">
                    <bdi>{time(reliance.disagreed_seconds)}</bdi>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableScroll>
      <p className="pad meta">{t("assistant.wrong_kept_note")}</p>
    </section>
  );
}

function Verdicts({ verdicts }: { verdicts: VerdictFigures[] }) {
  const { t } = useTranslation();
  const { rubrics } = useProject();
  if (verdicts.length === 0) return null;
  const parts = rubrics.flatMap(({ criteria, errors }) => [...criteria, ...errors]);
  return (
    <section className="card" aria-labelledby="verdicts">
      <header>
        <Mark of="model" />
        <h2 id="verdicts">{t("assistant.verdicts")}</h2>
        <span className="meta">{t("assistant.verdicts_note")}</span>
      </header>
      <TableScroll label={t("assistant.verdicts")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rubric.part")}</th>
              <th scope="col">{t("assistant.version")}</th>
              <th scope="col">{t("assistant.helpful")}</th>
              {COMPLAINTS.map((name) => (
                <th key={name} scope="col" className="num">
                  {t(`assistant.said_${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {verdicts.map(({ model, version, part, thumbs }) => (
              <tr key={`${model} ${version} ${part}`}>
                <th scope="row" dir="auto">
                  {parts.find(({ name }) => name === part)?.title ?? part}
                </th>
                <td>
                  <bdi>{model}</bdi> <span className="meta mono">{version.slice(0, 8)}</span>
                </td>
                <td className="figure">
                  <bdi>
                    {countText(thumbs.up, ratedIn(thumbs), (n, of) => t("assistant.some_of", { n, of })) ??
                      t("assistant.not_measured")}
                  </bdi>
                </td>
                {COMPLAINTS.map((name) => (
                  <td key={name} className="num">
                    {formatNumber(thumbs[name])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </section>
  );
}
