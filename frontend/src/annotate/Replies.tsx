/** Replies of the researcher to one's questions, until they are read. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, unwrap } from "../api/client";
import { Button } from "../shared/Button";
import { Icon } from "../shared/Icon";
import { Markdown } from "../shared/Markdown";

const LOOK_EVERY_MS = 60_000;

export function Replies({ slug }: { slug: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const queryKey = ["inquiries", slug, "mine"];
  const { data = [] } = useQuery({
    queryKey,
    queryFn: () =>
      unwrap(
        api.GET("/api/projects/{p}/inquiries", {
          params: { path: { p: slug }, query: { status: "mine" } },
        }),
      ),
    refetchInterval: LOOK_EVERY_MS,
  });
  const see = useMutation({
    mutationFn: (q: number) => unwrap(api.POST("/api/inquiries/{q}/seen", { params: { path: { q } } })),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
  const [newest] = data.filter(({ reply, seen_at }) => reply !== null && seen_at === null);
  if (newest === undefined || see.variables === newest.id) return null;
  return (
    <section className="notice" aria-label={t("annotate.reply.title", { item: newest.item.external_id })}>
      <div className="row">
        <Icon name="flag" />
        <b className="grow">{t("annotate.reply.title", { item: newest.item.external_id })}</b>
        <Button small onClick={() => see.mutate(newest.id)}>
          {t("annotate.got_it")}
        </Button>
      </div>
      <p className="meta" dir="auto">
        {newest.text}
      </p>
      <Markdown>{newest.reply ?? ""}</Markdown>
      {newest.section_id && <p className="meta">{t("annotate.reply.in_guideline")}</p>}
    </section>
  );
}
