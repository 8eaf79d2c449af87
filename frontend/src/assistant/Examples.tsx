/** The examples models are shown before they are asked, by question, and the way out of the list. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Project } from "../api/types";
import { formatWhen } from "../projects/quantities";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";
import { Mark } from "../shared/Mark";
import { showToast } from "../shared/toast";
import { wordsOf } from "./Cases";
import { addExample, removeExample, useExamples } from "./requests";
import type { Example } from "./types";

export function Examples({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { slug } = project;
  const found = useExamples(slug);
  const queries = useQueryClient();
  const readAgain = async () => {
    for (const key of ["examples", "cases"]) await queries.invalidateQueries({ queryKey: [key, slug] });
  };
  const putBack = useMutation({
    mutationFn: (one: Example) => addExample(slug, inputOf(one)),
    onSuccess: readAgain,
  });
  const remove = useMutation({
    mutationFn: (one: Example) => removeExample(one.id),
    onSuccess: async (_, one) => {
      await readAgain();
      showToast(t("assistant.removed"), { label: t("assistant.undo"), run: () => putBack.mutate(one) });
    },
  });
  const { examples = [], most_shown = 0 } = found.data ?? {};
  return (
    <>
      <p className="note info">{t("assistant.never_its_own")}</p>
      <ErrorNote error={found.error ?? remove.error ?? putBack.error} onRetry={() => void found.refetch()} />
      {found.isSuccess && examples.length === 0 && (
        <section className="card">
          <Empty
            title={t("assistant.no_examples")}
            action={
              <Link className="btn" to="/p/$slug/assistant" params={{ slug }} search={{ part: "cases" }}>
                {t("assistant.to_cases")}
              </Link>
            }
          >
            {t("assistant.no_examples_why")}
          </Empty>
        </section>
      )}
      {examples.length > 0 && (
        <p className="meta">
          {t("assistant.most_shown", { count: most_shown, formatted: formatNumber(most_shown) })}
        </p>
      )}
      {examples.map((one) => {
        const question = project.questions.find(({ name }) => name === one.question);
        return (
          <article
            key={one.id}
            className="card case"
            aria-label={t("assistant.example_of", { item: one.item.external_id })}
          >
            <header>
              <h3 className="q ctl" dir="auto">
                {question?.title ?? one.question}
              </h3>
              <Link
                className="mono"
                to="/p/$slug/data/$itemId"
                params={{ slug, itemId: String(one.item.id) }}
              >
                {one.item.external_id}
              </Link>
              <span className={one.is_shown ? "chip pass" : "chip line"}>
                {t(one.is_shown ? "assistant.shown" : "assistant.not_shown")}
              </span>
              <span className="grow" />
              <span className="meta">
                {one.created_by && (
                  <>
                    <bdi>{one.created_by}</bdi> ·{" "}
                  </>
                )}
                {formatWhen(one.created_at)}
              </span>
              <Button
                small
                disabled={remove.isPending}
                aria-label={t("assistant.remove_of", { item: one.item.external_id })}
                onClick={() => remove.mutate(one)}
              >
                {t("assistant.remove")}
              </Button>
            </header>
            <div className="pad">
              <p className="meta" dir="auto">
                {one.item.excerpt}
              </p>
              {one.query !== "" && (
                <p className="ctl">
                  <span className="meta">{t("assistant.query")}</span> <span dir="auto">{one.query}</span>
                </p>
              )}
              <div className="said-box" data-of="person">
                <p className="said-by meta">
                  <Mark of="person" />
                  {t("assistant.shown_answer")}
                </p>
                <p className="plain" dir="auto">
                  {wordsOf(one.answer, question)}
                </p>
              </div>
              {one.model_text !== null && one.model_text !== "" && (
                <details>
                  <summary className="ctl">{t("assistant.model_had_said")}</summary>
                  <div className="said-box" data-of="model">
                    <p className="plain" dir="auto">
                      {one.model_text}
                    </p>
                  </div>
                </details>
              )}
            </div>
          </article>
        );
      })}
    </>
  );
}

/** What makes the same example again. */
function inputOf({ rating, item, question, query, answer }: Example) {
  return rating === null ? { item: item.id, question, query, answer } : { rating };
}
