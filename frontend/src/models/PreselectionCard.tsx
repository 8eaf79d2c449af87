/** From which confidence an option is preselected, with what that means for the items at hand. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { changeProject, readPreselection } from "../api/researcher";
import type { Project } from "../api/types";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { formatNumber, formatPercent } from "../shared/format";

export function PreselectionCard({ project }: { project: Project }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [at, setAt] = useState(project.settings.preselect_at);
  const asked = useDeferredValue(at);
  const effect = useQuery({
    queryKey: ["preselection", project.slug, asked],
    queryFn: () => readPreselection(project.slug, asked),
    placeholderData: keepPreviousData,
  });
  const save = useMutation({
    mutationFn: () => changeProject(project.slug, { settings: { preselect_at: at } as never }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["project", project.slug] });
      void queries.invalidateQueries({ queryKey: ["spec", project.slug] });
      void queries.invalidateQueries({ queryKey: ["jobs", project.slug] });
    },
  });
  return (
    <section className="card" aria-labelledby="preselection">
      <header>
        <h2 id="preselection">{t("bench.preselection")}</h2>
      </header>
      <div className="pad">
        <label className="slider ctl">
          <span className="vh">{t("bench.threshold")}</span>
          <input
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={at}
            onChange={(event) => setAt(Number(event.target.value))}
          />
          <output className="num">{formatPercent(at)}</output>
        </label>
        <ErrorNote error={effect.error} />
        {effect.data && (
          <p className="ctl" role="status">
            {effect.data.total === 0
              ? t("bench.no_suggestions")
              : t("bench.preselected", {
                  preselected: formatNumber(effect.data.preselected),
                  total: formatNumber(effect.data.total),
                })}{" "}
            {effect.data.gold.n > 0 &&
              t("bench.preselected_right", {
                share: formatPercent(effect.data.gold.right / effect.data.gold.n),
                count: effect.data.gold.n,
              })}
          </p>
        )}
        <ErrorNote error={save.error} />
        <div className="actions end">
          <span className="meta grow">{t("bench.preselect_note")}</span>
          <Button
            small
            disabled={at === project.settings.preselect_at || save.isPending}
            onClick={() => save.mutate()}
          >
            {t("bench.use_threshold")}
          </Button>
        </div>
      </div>
    </section>
  );
}
