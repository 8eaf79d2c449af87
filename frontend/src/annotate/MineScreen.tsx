/** All one's own work in a project, latest first; items not yet reviewed can be opened again. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { projectQuery } from "../api/project";
import { Button } from "../shared/Button";
import { Empty } from "../shared/Empty";
import { ErrorNote } from "../shared/ErrorNote";
import { useTitle } from "../shared/useTitle";
import "./annotate.css";
import { MineRow } from "./MineRow";
import { MINE_STATES, type MineState, mineQuery, REVIEWED_STATES } from "./mine";

export function MineScreen() {
  const { t } = useTranslation();
  const { slug } = useParams({ strict: false }) as { slug: string };
  const navigate = useNavigate();
  useTitle(t("home.mine"));
  const [status, setStatus] = useState<MineState>("all");
  const pages = useInfiniteQuery({
    queryKey: ["mine", slug, status, "pages"],
    queryFn: ({ pageParam }) => mineQuery(slug, status, pageParam).queryFn(),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
  const isReviewed = (useQuery(projectQuery(slug)).data?.rubrics.length ?? 0) > 0;
  const states = MINE_STATES.filter((state) => isReviewed || !REVIEWED_STATES.includes(state));
  const entries = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <main className="screen">
      <div className="inner">
        <div className="row">
          <h1 className="title grow">{t("home.mine")}</h1>
          <fieldset className="seg" aria-label={t("annotate.show_state")}>
            {states.map((state) => (
              <label key={state}>
                <input
                  type="radio"
                  name="status"
                  checked={state === status}
                  onChange={() => setStatus(state)}
                />
                {t(`annotate.mine_states.${state}`)}
              </label>
            ))}
          </fieldset>
        </div>
        <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
        {pages.isSuccess && entries.length === 0 && (
          <Empty title={t("annotate.nothing_yet")}>{t("annotate.nothing_yet_why")}</Empty>
        )}
        {entries.length > 0 && (
          <ul className="mine card">
            {entries.map((entry) => (
              <MineRow
                key={entry.assignment}
                entry={entry}
                onReopen={(reopen) =>
                  void navigate({ to: "/p/$slug/annotate", params: { slug }, search: { reopen } })
                }
              />
            ))}
          </ul>
        )}
        {pages.hasNextPage && (
          <Button disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("common.show_more")}
          </Button>
        )}
      </div>
    </main>
  );
}
