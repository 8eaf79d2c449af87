/** Shown before one first writes with an assistant: what it does, what it sees, and how good it was found to be. */
import { useTranslation } from "react-i18next";
import type { Question } from "../api/types";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { formatNumber, formatPercent } from "../shared/format";
import { Mark } from "../shared/Mark";
import type { AssistantCard, Measured } from "./types";

interface Props {
  card: AssistantCard;
  questions: readonly Question[];
  onClose: () => void;
}

export function CapabilityCard({ card, questions, onClose }: Props) {
  const { t } = useTranslation();
  const title = questions.find(({ name }) => name === card.answers)?.title ?? card.answers;
  const about = card.model_card?.about;
  const seen = [
    ...(card.query === null ? [] : [t("assist.card.query")]),
    ...(card.sees_pictures ? [t("assist.card.pictures")] : []),
    ...card.sees,
    ...(card.sees_guideline ? [t("assist.card.guideline")] : []),
  ];
  return (
    <Dialog
      title={t("assist.card.title")}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("assist.card.understood")}
        </Button>
      }
    >
      <section className="model-card">
        <h3 className="row">
          <Mark of="model" /> <b dir="auto">{card.model}</b>
          <span className="meta mono">{card.version}</span>
        </h3>
        {typeof about === "string" && about !== "" && (
          <p className="meta" dir="auto">
            {t("assist.card.about", { about })}
          </p>
        )}
        <p>
          {t("assist.card.writes")} <b dir="auto">{title}</b>
        </p>
        <p>{t("assist.card.sees")}</p>
        <ul>
          {seen.map((each) => (
            <li key={each} dir="auto">
              {each}
            </li>
          ))}
        </ul>
        <p>{t("assist.card.sees_nothing_else")}</p>
        {card.may_not_know && <p>{t("assist.card.may_not_know")}</p>}
        {card.max_words !== null && (
          <p>
            {t("assist.card.max_words", { count: card.max_words, formatted: formatNumber(card.max_words) })}
          </p>
        )}
        <p>
          <b>{t("assist.card.how_good")}</b>
        </p>
        <HowGood measured={card.measured} />
      </section>
      <p>{t(`assist.card.copying.${card.copying}`, { limit: formatPercent(card.copy_limit) })}</p>
      <p>{t("assist.card.kept")}</p>
    </Dialog>
  );
}

function HowGood({ measured }: { measured: Measured | null }) {
  const { t } = useTranslation();
  const lines = measured === null ? [] : measuredLines(measured, t);
  if (lines.length === 0) return <p>{t("assist.card.not_measured")}</p>;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function measuredLines(measured: Measured, t: ReturnType<typeof useTranslation>["t"]): string[] {
  const { rated, made_up, wrong, too_long, off_guideline } = measured;
  const said = { made_up, wrong, too_long, off_guideline };
  const figures = Object.fromEntries(
    Object.entries(said).map(([name, count]) => [name, formatNumber(count)]),
  );
  const of = (passed: number, reviewed: number) => ({
    passed: formatNumber(passed),
    reviewed: formatNumber(reviewed),
  });
  return [
    ...(rated > 0
      ? [t("assist.card.rated", { count: rated, formatted: formatNumber(rated), ...figures })]
      : []),
    ...(measured.reviewed_with_draft > 0
      ? [t("assist.card.passed_with", of(measured.passed_with_draft, measured.reviewed_with_draft))]
      : []),
    ...(measured.reviewed_without > 0
      ? [t("assist.card.passed_without", of(measured.passed_without, measured.reviewed_without))]
      : []),
  ];
}
