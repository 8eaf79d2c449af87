/** What a person should know before this item: the guideline changed, the same text was labeled, the lease ends. */
import { useTranslation } from "react-i18next";
import type { AnnotatorTask } from "../api/types";
import { Button } from "../shared/Button";
import { formatMoment } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Markdown } from "../shared/Markdown";

interface ChangedProps {
  change: NonNullable<AnnotatorTask["guideline_changed"]>;
  onClose: () => void;
}

export function GuidelineChanged({ change, onClose }: ChangedProps) {
  const { t } = useTranslation();
  return (
    <section className="notice" aria-label={t("annotate.guideline_changed")}>
      <div className="row">
        <Icon name="book" />
        <b className="grow">{t("annotate.guideline_changed")}</b>
        <Button small onClick={onClose}>
          {t("annotate.got_it")}
        </Button>
      </div>
      {change.sections.map((section) => (
        <details key={section.id} open={change.sections.length === 1}>
          <summary dir="auto">{section.title}</summary>
          <div className="versions">
            <Version
              title={t("annotate.before")}
              body={section.before}
              missing={t("annotate.was_not_there")}
            />
            <Version title={t("annotate.after")} body={section.after} missing={t("annotate.was_removed")} />
          </div>
        </details>
      ))}
    </section>
  );
}

function Version({ title, body, missing }: { title: string; body: string | null; missing: string }) {
  return (
    <div>
      <p className="meta">{title}</p>
      {body === null ? <p className="meta">{missing}</p> : <Markdown>{body}</Markdown>}
    </div>
  );
}

interface SeenProps {
  seen: NonNullable<AnnotatorTask["seen_before"]>;
  onApply: () => void;
}

export function SeenBefore({ seen, onApply }: SeenProps) {
  const { t } = useTranslation();
  return (
    <div className="notice row">
      <Icon name="repeat" />
      <span className="grow">{t("annotate.seen_before", { when: formatMoment(seen.submitted_at) })}</span>
      <Button small command="annotate.repeat" onClick={onApply}>
        {t("annotate.apply")}
      </Button>
    </div>
  );
}

export function LeaseEnding({ leftMs, onExtend }: { leftMs: number; onExtend: () => void }) {
  const { t } = useTranslation();
  const minutes = Math.max(1, Math.ceil(leftMs / 60_000));
  return (
    <div className="note warn" role="status">
      <Icon name="clock" />
      <span className="grow">
        {leftMs > 0 ? t("annotate.lease_ends", { count: minutes }) : t("annotate.lease_over")}
      </span>
      <Button small onClick={onExtend}>
        {t("annotate.keep_item")}
      </Button>
    </div>
  );
}
