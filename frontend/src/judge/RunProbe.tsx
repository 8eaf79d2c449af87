/** Start a probe of a judge, and how far it is. */
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { startJob } from "../api/researcher";
import { isActive, useFollow, useJobs } from "../projects/jobs";
import { Button } from "../shared/Button";
import { errorText } from "../shared/ErrorNote";
import { formatNumber } from "../shared/format";

export function RunProbe({ slug, judge }: { slug: string; judge: number }) {
  const { t } = useTranslation();
  const follow = useFollow(slug);
  const jobs = useJobs(slug);
  const start = useMutation({
    mutationFn: () => startJob(slug, { kind: "probe", judge }),
    onSuccess: follow,
  });
  const last = jobs.data
    ?.filter((job) => job.kind === "probe" && job.config.judge === judge)
    .sort((one, other) => other.id - one.id)[0];
  const isRunning = last !== undefined && isActive(last);
  return (
    <>
      <span className="meta" role="status">
        {isRunning && t("judge.probing", { done: formatNumber(last.done), total: formatNumber(last.total) })}
      </span>
      <Button small disabled={start.isPending || isRunning} onClick={() => start.mutate()}>
        {t("judge.run_probe")}
      </Button>
      {(start.error || last?.error) && (
        <p className="error-text" role="alert">
          {last?.error ?? errorText(start.error, t("common.no_connection"))}
        </p>
      )}
    </>
  );
}
