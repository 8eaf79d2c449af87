/** The card of one judge: its verdicts beside those of people on the same answers. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Whisker } from "../projects/Whisker";
import { readRubrics } from "../rubric/requests";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatMoment, formatNumber, formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";
import { TableScroll } from "../shared/TableScroll";
import { BarRows, Chart } from "./Chart";
import { Disagreements } from "./Disagreements";
import { kappaText, leniencyText, type Names, namesOf, shareOf, shareText, total } from "./figures";
import { PartView } from "./PartView";
import { ProbeView } from "./ProbeView";
import { measureJudge, readJudge } from "./requests";
import type { JudgeCard, JudgeDetail } from "./types";

export function JudgeCardView({ slug, id }: { slug: string; id: number }) {
  const { t } = useTranslation();
  const judge = useQuery({
    queryKey: ["judge", slug, id],
    queryFn: () => readJudge(id),
    staleTime: 0,
  });
  const version = judge.data?.rubric_version;
  const rubrics = useQuery({
    queryKey: ["rubrics", slug, version],
    queryFn: () => readRubrics(slug, version ?? 0),
    enabled: version !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const names = namesOf(rubrics.data?.rubrics ?? [], t("review.na"));
  return (
    <>
      <ErrorNote error={judge.error ?? rubrics.error} onRetry={() => void judge.refetch()} />
      {judge.data && (
        <>
          <Summary slug={slug} judge={judge.data} />
          {rubrics.data && <Compared slug={slug} judge={judge.data} names={names} />}
        </>
      )}
    </>
  );
}

/** What there is to see beside the figures; a probe needs no person to have reviewed anything. */
function Compared({ slug, judge, names }: { slug: string; judge: JudgeDetail; names: Names }) {
  const { card, disagreements } = judge;
  const probe = <ProbeView slug={slug} judge={judge} names={names} />;
  if (card === null || card.n === 0) return probe;
  return (
    <>
      <Parts card={card} names={names} />
      <Details card={card} />
      {probe}
      <Disagreements slug={slug} found={disagreements} names={names} />
    </>
  );
}

function Summary({ slug, judge }: { slug: string; judge: JudgeDetail }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const measure = useMutation({
    mutationFn: () => measureJudge(judge.id),
    onSuccess: (measured) => {
      queries.setQueryData(["judge", slug, judge.id], measured);
      for (const key of ["judges", "coverage"]) void queries.invalidateQueries({ queryKey: [key, slug] });
    },
  });
  const { card } = judge;
  return (
    <section className="card" aria-labelledby="card">
      <header>
        <Mark of="model" />
        <h2 id="card">{t("judge.card_of", { model: judge.model.name })}</h2>
        <span className={judge.binds ? "chip pass" : "chip line"}>
          {t(judge.binds ? "rubric.binds" : "rubric.advice")}
        </span>
        <span className="meta">
          {judge.card_at && t("judge.measured_at", { at: formatMoment(judge.card_at) })}
        </span>
        <span className="grow" />
        <Button small disabled={measure.isPending} onClick={() => measure.mutate()}>
          {t(card ? "judge.measure" : "judge.measure_now")}
        </Button>
      </header>
      <div className="pad">
        <ErrorNote error={measure.error} />
        {card === null && <Empty title={t("judge.not_measured_yet")}>{t("judge.not_measured_why")}</Empty>}
        {card?.n === 0 && (
          <Empty
            title={t("judge.no_pairs")}
            action={
              <Link className="btn primary" to="/p/$slug/review" params={{ slug }}>
                {t("judge.to_review")}
              </Link>
            }
          >
            {t("judge.no_pairs_why")}
          </Empty>
        )}
        {card && card.n > 0 && <StatusFigures card={card} />}
      </div>
    </section>
  );
}

function StatusFigures({ card }: { card: JudgeCard }) {
  const { t } = useTranslation();
  const { status, overall } = card;
  const figures = {
    n: formatNumber(status.n),
    agreement: shareText(status.agreement),
    kappa: kappaText(status.kappa),
    recall: shareText(status.recall),
    precision: shareText(status.precision),
    leniency: leniencyText(status.leniency),
  };
  return (
    <>
      <dl className="stats">
        {(["n", "agreement", "kappa", "recall", "precision", "leniency"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`judge.status_${name}`)}</dt>
            <dd>
              <bdi>{figures[name]}</bdi>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("judge.identical")}</dt>
          <dd>
            {formatNumber(overall.identical)} <small>{t("job.of", { total: formatNumber(overall.n) })}</small>
          </dd>
        </div>
      </dl>
      <p className="meta">
        {t("judge.figures_note")} {card.saw_judge > 0 && t("judge.saw_judge", { count: card.saw_judge })}
      </p>
      <Confusion
        title={t("judge.status_confusion")}
        scale={[
          { name: "redo", label: t("review.score.redo") },
          { name: "passed", label: t("review.score.passed") },
        ]}
        counts={{
          redo: { redo: status.counts.tp, passed: status.counts.fp },
          passed: { redo: status.counts.fn, passed: status.counts.tn },
        }}
      />
    </>
  );
}

interface ConfusionProps {
  title: string;
  scale: { name: string; label: string }[];
  /** The judge's grade, then people's. */
  counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** How often each pair of grades came together: the judge down, people across. */
export function Confusion({ title, scale, counts }: ConfusionProps) {
  const { t } = useTranslation();
  const most = Math.max(1, ...Object.values(counts).flatMap((row) => Object.values(row)));
  return (
    <TableScroll label={title} className="confusion">
      <table className="table">
        <caption className="meta">{title}</caption>
        <thead>
          <tr>
            <td />
            {scale.map(({ name, label }) => (
              <th key={name} scope="col" className="num">
                {t("judge.people_said", { grade: label })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scale.map((row) => (
            <tr key={row.name}>
              <th scope="row">{t("judge.judge_said", { grade: row.label })}</th>
              {scale.map(({ name }) => {
                const n = counts[row.name]?.[name] ?? 0;
                return (
                  <td
                    key={name}
                    className="num"
                    data-same={name === row.name || undefined}
                    style={{ "--n": `${Math.round((n / most) * 26)}%` } as React.CSSProperties}
                  >
                    {formatNumber(n)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

function Parts({ card, names }: { card: JudgeCard; names: Names }) {
  const { t } = useTranslation();
  const parts = Object.entries(card.parts);
  return (
    <section className="card" aria-labelledby="parts">
      <header>
        <h2 id="parts">{t("judge.by_part")}</h2>
        <span className="meta">{t("judge.by_part_note")}</span>
      </header>
      <TableScroll label={t("judge.by_part")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t("rubric.part")}</th>
              <th scope="col" colSpan={2}>
                {t("judge.part_agreement")}
              </th>
              {(["kappa", "precision", "recall", "leniency", "n"] as const).map((name) => (
                <th key={name} scope="col" className="num">
                  {t(`judge.part_${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map(([part, figures]) => (
              <tr key={part}>
                <th scope="row" dir="auto">
                  {names.part(part)}
                </th>
                <td>{figures.agreement && <Whisker of="model" {...figures.agreement} />}</td>
                <td className="figure">
                  <bdi>{shareText(figures.agreement)}</bdi>
                </td>
                <td className="num">
                  <bdi>{kappaText(figures.kappa)}</bdi>
                </td>
                <td className="num">
                  <bdi>{shareText(figures.precision)}</bdi>
                </td>
                <td className="num">
                  <bdi>{shareText(figures.recall)}</bdi>
                </td>
                <td className="num">
                  <bdi>{leniencyText(figures.leniency)}</bdi>
                </td>
                <td className="num">{formatNumber(figures.n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
      {parts.map(([part, figures]) => (
        <PartView key={part} part={part} figures={figures} names={names} />
      ))}
    </section>
  );
}

/** Where they differ, how far; and the verdicts that are no grade. */
function Details({ card }: { card: JudgeCard }) {
  const { t } = useTranslation();
  const differing = Object.entries(card.disagreeing).sort(([one], [other]) => Number(one) - Number(other));
  const answers = total(card.disagreeing);
  const name = (agreeing: string) => t("judge.agree_on", { count: Number(agreeing) });
  return (
    <section className="card c6" aria-labelledby="differing">
      <header>
        <h2 id="differing">{t("judge.details")}</h2>
      </header>
      <div className="pad">
        {answers === 0 ? (
          <p className="ctl">{t("judge.nothing_differs")}</p>
        ) : (
          <Chart
            title={t("judge.differing")}
            note={t("judge.differing_note", { count: answers })}
            columns={[t("judge.parts_that_agree"), t("judge.answers"), t("judge.share")]}
            rows={differing.map(([agreeing, n]) => [
              name(agreeing),
              formatNumber(n),
              formatPercent(shareOf(n, answers)),
            ])}
            chart={
              <BarRows
                rows={differing.map(([agreeing, n]) => ({
                  name: name(agreeing),
                  bars: [
                    {
                      of: "plain",
                      share: shareOf(n, answers),
                      text: formatNumber(n),
                      label: t("judge.answers"),
                    },
                  ],
                }))}
              />
            }
          />
        )}
        <dl className="stats">
          {(["contradictions", "uncertain", "unreadable", "failed"] as const).map((each) => (
            <div key={each}>
              <dt>{t(`judge.told_${each}`)}</dt>
              <dd>{formatNumber(card[each])}</dd>
            </div>
          ))}
        </dl>
        <p className="meta">{t("judge.told_note")}</p>
      </div>
    </section>
  );
}
