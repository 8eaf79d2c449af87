/** What a good answer is, from the rubric by which it will be reviewed: a reminder while one writes. */
import { useTranslation } from "react-i18next";
import type { Criterion, Rubric } from "../review/types";
import { Button } from "../shared/Button";
import "../locales/write";
import "./write.css";

interface Props {
  rubrics: readonly Rubric[];
  /** Opens the guideline at the question in focus. */
  onOpen: () => void;
}

export default function GoodAnswer({ rubrics, onOpen }: Props) {
  const { t } = useTranslation();
  const criteria = rubrics.flatMap((rubric) => rubric.criteria);
  if (criteria.length === 0) return null;
  return (
    <section className="good card" aria-labelledby="good-answer">
      <div className="row">
        <h2 id="good-answer">{t("write.good.title")}</h2>
        <span className="meta">{t("write.good.from")}</span>
        <span className="grow" />
        <Button look="quiet" small command="annotate.guideline" onClick={onOpen}>
          {t("write.good.open")}
        </Button>
      </div>
      <dl>
        {criteria.map((criterion) => (
          <div key={criterion.name}>
            <dt dir="auto">{criterion.title}</dt>
            <dd dir="auto" title={bestOf(criterion)}>
              {bestOf(criterion)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="meta">{t("write.good.hint")}</p>
    </section>
  );
}

/** What the best grade asks for, else what the criterion is about. */
function bestOf({ grades, definition }: Criterion): string {
  const best = grades.reduce((most, grade) => (grade.level > most.level ? grade : most));
  return best.definition || definition || best.label;
}
