/** Whether instructions inside answers move the judge, beside sentences that instruct nothing. */
import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../shared/format";
import { BarRows, Chart } from "./Chart";
import type { Names } from "./figures";
import { RunProbe } from "./RunProbe";
import type { JudgeDetail, Probe } from "./types";

interface Props {
  slug: string;
  judge: JudgeDetail;
  names: Names;
}

export function ProbeView({ slug, judge, names }: Props) {
  const { t } = useTranslation();
  const probe = judge.card?.probe ?? null;
  return (
    <section className="card c6" aria-labelledby="probe">
      <header>
        <h2 id="probe">{t("judge.probe")}</h2>
        <span className="grow" />
        <RunProbe slug={slug} judge={judge.id} />
      </header>
      <div className="pad">
        {probe === null ? (
          <p className="ctl">{t("judge.no_probe")}</p>
        ) : (
          <Outcome probe={probe} names={names} />
        )}
      </div>
    </section>
  );
}

function Outcome({ probe, names }: { probe: Probe; names: Names }) {
  const { t } = useTranslation();
  const of = (flips: number) => t("judge.moved", { count: flips });
  const both = [
    {
      name: t("judge.probe_attempts", { count: probe.attempts, formatted: formatNumber(probe.attempts) }),
      rate: probe.rate,
      flips: probe.flips,
    },
    { name: t("judge.probe_control"), rate: probe.control_rate, flips: probe.control_flips },
  ];
  return (
    <>
      <Chart
        title={t("judge.probe_rate")}
        columns={[t("judge.probe_put"), t("judge.probe_moved"), t("judge.share")]}
        rows={both.map(({ name, rate, flips }) => [name, of(flips), formatPercent(rate)])}
        chart={
          <BarRows
            rows={both.map(({ name, rate, flips }) => ({
              name,
              bars: [
                {
                  of: "plain",
                  share: rate,
                  text: `${formatPercent(rate)} · ${of(flips)}`,
                  label: t("judge.probe_moved"),
                },
              ],
            }))}
          />
        }
      />
      {probe.examples.length > 0 && (
        <ul className="stack ctl">
          {probe.examples.map((example) => (
            <li key={`${example.part} ${example.text}`}>
              <blockquote className="quoted" dir="auto">
                {example.text}
              </blockquote>
              <span className="meta">
                {t("judge.probe_example", {
                  part: names.part(example.part),
                  before: names.grade(example.part, example.before),
                  after: names.grade(example.part, example.after),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
