/** What came of a try: forecast, gold hits, flips, and each item with its filled prompts. */
import { useTranslation } from "react-i18next";
import type { Bench, BenchItem, BenchSuggestion } from "../api/researcher_types";
import type { Question } from "../api/types";
import { FilledPrompt } from "../data/Calls";
import { DistributionRow } from "../data/History";
import { optionLabel } from "../data/said";
import { formatUsd, inWords } from "../projects/quantities";
import { useProject } from "../projects/useProject";
import { formatNumber } from "../shared/format";
import { Icon } from "../shared/Icon";
import { withoutMarkdown } from "../shared/plain_text";
import { goldHits } from "./bench";

export function BenchResult({ bench, cap }: { bench: Bench; cap: string }) {
  const { t } = useTranslation();
  const project = useProject();
  const hits = goldHits(bench);
  const flips = bench.items.reduce((sum, item) => sum + item.flipped.length, 0);
  const { calls, tokens, cost_usd, seconds } = bench.forecast;
  const isOver = cap !== "" && cost_usd !== null && cost_usd > Number(cap);
  return (
    <section className="card" aria-labelledby="bench-result">
      <header>
        <h2 id="bench-result">{t("bench.result", { count: bench.items.length })}</h2>
        <span className="meta">
          {hits.n > 0 && t("bench.gold_hits", { right: hits.right, n: hits.n })}{" "}
          {flips > 0
            ? t("bench.flips", { count: flips })
            : bench.items.some((item) => Object.keys(item.previous).length > 0) && t("bench.no_flips")}
        </span>
      </header>
      <div className="pad">
        <dl className="stats" aria-label={t("bench.forecast")}>
          <div>
            <dt>{t("bench.calls")}</dt>
            <dd>{formatNumber(calls)}</dd>
          </div>
          <div>
            <dt>{t("bench.tokens")}</dt>
            <dd>{tokens === null ? t("bench.cost_unknown") : formatNumber(tokens)}</dd>
          </div>
          <div>
            <dt>{t("bench.cost")}</dt>
            <dd>
              {cost_usd === null ? t("bench.cost_unknown") : formatUsd(cost_usd)}{" "}
              {cap !== "" && <small>{t("job.of_cap", { cap: formatUsd(Number(cap)) })}</small>}
            </dd>
          </div>
          <div>
            <dt>{t("bench.time")}</dt>
            <dd>{seconds === null ? t("bench.cost_unknown") : inWords(seconds)}</dd>
          </div>
        </dl>
        <p className="meta">{t("bench.forecast_note")}</p>
        {isOver && (
          <p className="note warn">
            <Icon name="warning" />
            <span>{t("bench.over_cap")}</span>
          </p>
        )}
      </div>
      {Object.entries(bench.not_asked ?? {}).map(([name, reason]) => (
        <p key={name} className="pad meta">
          <b dir="auto">{project.questions.find((each) => each.name === name)?.title ?? name}</b>: {reason}
        </p>
      ))}
      {bench.items.map((item) => (
        <Tried key={item.item.id} tried={item} questions={project.questions} />
      ))}
    </section>
  );
}

function Tried({ tried, questions }: { tried: BenchItem; questions: Question[] }) {
  const { t } = useTranslation();
  return (
    <article className="bench-item">
      <header>
        <span className="mono">{tried.item.external_id}</span>
        <span className="meta grow" dir="auto">
          {tried.item.excerpt}
        </span>
      </header>
      <div className="bench-answers">
        {questions.map((question) => {
          const suggestion = tried.suggestions[question.name];
          return (
            suggestion && (
              <Answer key={question.name} question={question} suggestion={suggestion} tried={tried} />
            )
          );
        })}
      </div>
      <details>
        <summary className="ctl">{t("bench.filled", { count: tried.prompts.length })}</summary>
        {tried.prompts.map((prompt, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: prompts of a finished try never change
          <div key={place} className="stack">
            <p className="q ctl">{promptTitle(questions, prompt)}</p>
            <FilledPrompt messages={prompt.messages} />
          </div>
        ))}
      </details>
    </article>
  );
}

function promptTitle(questions: Question[], prompt: BenchItem["prompts"][number]): string {
  const question = questions.find(({ name }) => name === prompt.question);
  const title = question?.title ?? prompt.question;
  return prompt.option === null ? title : `${title} ${optionLabel(question, prompt.option)}`;
}

function Answer({
  question,
  suggestion,
  tried,
}: {
  question: Question;
  suggestion: BenchSuggestion;
  tried: BenchItem;
}) {
  const { t } = useTranslation();
  const gold = tried.gold[question.name];
  const previous = tried.previous[question.name] ?? [];
  const words = (values: string[]) =>
    values.length === 0 ? t("bench.nothing") : values.map((value) => optionLabel(question, value)).join(", ");
  const isHit = gold !== undefined && sameSet(gold, suggestion.preselected);
  return (
    <div className="bench-answer model">
      <p className="q" dir="auto">
        {question.title}
      </p>
      {suggestion.status === "ok" ? (
        <div className="g">
          {Object.entries(suggestion.distribution).map(([option, share]) => (
            <DistributionRow
              key={option}
              label={optionLabel(question, option)}
              share={share}
              isPreselected={suggestion.preselected.includes(option)}
            />
          ))}
        </div>
      ) : (
        <p dir="auto">
          {t(`data.status_${suggestion.status}`)}
          {suggestion.reason && `: ${withoutMarkdown(suggestion.reason)}`}
        </p>
      )}
      {suggestion.text !== null && <p dir="auto">{suggestion.text}</p>}
      <p className="marks">
        {gold !== undefined && (
          <span className={isHit ? "chip pass" : "chip redo"}>
            <Icon name={isHit ? "check" : "x"} small />
            {isHit ? t("bench.right") : t("bench.wrong", { gold: words(gold) })}
          </span>
        )}
        {tried.flipped.includes(question.name) && (
          <span className="chip warn">
            <Icon name="sync" small />
            {t("bench.was", { previous: words(previous) })}
          </span>
        )}
      </p>
    </div>
  );
}

function sameSet(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
