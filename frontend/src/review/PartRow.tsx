/** One row of the rubric: a criterion with its grades, or an error with its count; the judge beside it once it may be seen. */
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { formatPoints, withTitles } from "./figures";
import { isBest, type Part, type ReviewForm } from "./review_form";
import { NOT_APPLICABLE, type Score } from "./score";
import type { Criterion, ErrorCategory, Grade } from "./types";

export interface RowProps {
  part: Part;
  form: ReviewForm;
  score: Score;
  maximum: number;
  titles: Readonly<Record<string, string>>;
  isActive: boolean;
  /** The judge's verdict on it; null while there is none to see. */
  judge: ReactNode;
  onActivate: () => void;
  onGrade: (grade: string) => void;
  onCount: (count: number) => void;
  onExplain: (text: string) => void;
  onSettle: () => void;
}

export function PartRow(props: RowProps) {
  const { part, form, isActive, titles, onActivate } = props;
  const { t } = useTranslation();
  const [isOpen, open] = useState(false);
  const id = `part-${part.name}`;
  const hasLevels = part.kind === "criterion" && hasDefinitions(part.criterion);
  return (
    <div
      className="part"
      id={id}
      role="group"
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      data-active={isActive || undefined}
      data-kind={part.kind}
      onFocus={onActivate}
      onPointerDown={onActivate}
    >
      {part.kind === "criterion" && (
        <div className="part-head">
          <Title {...props} />
          <Definition part={part} titles={titles} />
          {hasLevels && props.judge !== null && (
            <button
              type="button"
              className="btn quiet sm levels-toggle"
              aria-expanded={isOpen}
              aria-label={t("review.levels_of", { part: part.title })}
              onClick={() => open(!isOpen)}
            >
              {t("review.levels")}
            </button>
          )}
          <Points {...props} />
        </div>
      )}
      <div className="pair">
        <div className="own">
          {part.kind === "criterion" ? (
            <Grades {...props} criterion={part.criterion} />
          ) : (
            <div className="counted">
              <Title {...props} />
              <span className="grow" />
              <Counter {...props} error={part.error} />
            </div>
          )}
          {part.kind === "error" && <Definition part={part} titles={titles} />}
          <Explanation {...props} />
          {isOpen && props.judge !== null && <Levels part={part} form={form} titles={titles} />}
        </div>
        {props.judge ?? <Levels part={part} form={form} titles={titles} />}
      </div>
    </div>
  );
}

function Title(props: RowProps) {
  const { part } = props;
  return (
    <>
      <h3 className="q" id={`part-${part.name}-title`} dir="auto">
        {part.title}
      </h3>
      <Worth {...props} />
    </>
  );
}

function Definition({ part, titles }: Pick<RowProps, "part" | "titles">) {
  const { definition } = part.kind === "criterion" ? part.criterion : part.error;
  if (definition === "") return null;
  return (
    <span className="meta definition" id={`part-${part.name}-definition`} dir="auto">
      {withTitles(definition, titles)}
    </span>
  );
}

function Worth({ part, maximum }: RowProps) {
  const { t } = useTranslation();
  if (part.kind === "criterion")
    return (
      <span className="meta fixed">
        {t("review.weight", { share: formatPercent(part.criterion.weight) })}
      </span>
    );
  const points = formatPoints(part.error.penalty, maximum, true);
  return (
    <span className="meta fixed">{t(part.error.counted ? "review.each" : "review.once", { points })}</span>
  );
}

function Points({ part, form, score, maximum }: RowProps) {
  const { t } = useTranslation();
  const points = score.parts[part.name];
  if (form.grades[part.name] === NOT_APPLICABLE)
    return <span className="meta points">{t("review.not_counted")}</span>;
  const term = score.terms.find((one) => one.part === part.name);
  const most = term?.kind === "criterion" ? formatPoints(term.most, maximum, true) : "";
  return (
    <span className="points">
      <b className="ctl">{points === undefined ? "–" : formatPoints(points, maximum)}</b>{" "}
      <span className="meta">{t("review.points_of", { most })}</span>
    </span>
  );
}

/** The key of a grade: its level, so that the same key means the same on every scale. */
export function gradeOfKey({ grades, allow_na }: Criterion, key: string): string | null {
  if (key === "n") return allow_na ? NOT_APPLICABLE : null;
  return ordered(grades).find((grade) => String(grade.level) === key)?.name ?? null;
}

function ordered(grades: readonly Grade[]): Grade[] {
  return [...grades].sort((one, other) => one.level - other.level);
}

function Grades({ part, form, isActive, criterion, onGrade, titles }: RowProps & { criterion: Criterion }) {
  const { t } = useTranslation();
  const id = `part-${part.name}`;
  const choices = [
    ...ordered(criterion.grades).map(({ name, label, level, definition }) => ({
      name,
      label,
      definition,
      key: level <= 9 ? String(level) : null,
    })),
    ...(criterion.allow_na
      ? [{ name: NOT_APPLICABLE, label: t("review.na"), definition: t("review.na_long"), key: "N" }]
      : []),
  ];
  return (
    <div
      className="seg"
      role="radiogroup"
      aria-label={t("review.grade_of", { part: part.title })}
      aria-describedby={criterion.definition ? `${id}-definition` : undefined}
    >
      {choices.map(({ name, label, definition, key }) => (
        <label key={name} title={withTitles(definition, titles) || undefined}>
          <input
            type="radio"
            name={id}
            value={name}
            checked={form.grades[part.name] === name}
            onChange={() => onGrade(name)}
          />
          {key && (
            <span className="digit" aria-hidden="true">
              {isActive ? <kbd>{key}</kbd> : key}
            </span>
          )}
          <span dir="auto">{label}</span>
        </label>
      ))}
    </div>
  );
}

function Counter({ part, form, error, onCount }: RowProps & { error: ErrorCategory }) {
  const { t } = useTranslation();
  const count = form.counts[part.name] ?? 0;
  const most = error.counted ? 1000 : 1;
  return (
    <span className="step">
      <Button
        look="quiet"
        small
        icon="minus"
        aria-label={t("review.fewer", { part: part.title })}
        aria-disabled={count === 0}
        onClick={() => onCount(count - 1)}
      />
      <output aria-label={t("review.count_of", { part: part.title })} data-found={count > 0 || undefined}>
        {count}
      </output>
      <Button
        look="quiet"
        small
        icon="plus"
        aria-label={t("review.more", { part: part.title })}
        aria-disabled={count >= most}
        onClick={() => onCount(count + 1)}
      />
    </span>
  );
}

function Explanation({ part, form, onExplain, onSettle }: RowProps) {
  const { t } = useTranslation();
  const text = form.explanations[part.name] ?? "";
  const placeholder = usePlaceholder(part, form);
  if (part.kind === "error" && isBest(form, part) && text === "") return null;
  return (
    <textarea
      className="field explanation"
      rows={1}
      dir="auto"
      aria-label={t("review.explanation", { part: part.title })}
      placeholder={placeholder}
      value={text}
      onChange={(event) => onExplain(event.target.value)}
      onBlur={onSettle}
    />
  );
}

function usePlaceholder(part: Part, form: ReviewForm): string {
  const { t } = useTranslation();
  const chosen = form.grades[part.name];
  if (part.kind === "error") return t("review.explain");
  if (chosen === undefined) return t("review.explain_first");
  if (chosen === NOT_APPLICABLE) return t("review.explain_na");
  if (!isBest(form, part)) return t("review.explain");
  const grade = part.criterion.grades.find(({ name }) => name === chosen)?.label;
  return t("review.explain_optional", { grade });
}

function Levels({ part, form, titles }: Pick<RowProps, "part" | "form" | "titles">) {
  if (part.kind === "error" || !hasDefinitions(part.criterion)) return null;
  return (
    <dl className="levels">
      {ordered(part.criterion.grades).map(({ name, label, definition }) => (
        <div key={name} data-chosen={form.grades[part.name] === name || undefined}>
          <dt dir="auto">{label}</dt>
          <dd dir="auto">{withTitles(definition, titles)}</dd>
        </div>
      ))}
    </dl>
  );
}

function hasDefinitions({ grades }: Criterion): boolean {
  return grades.some(({ definition }) => definition !== "");
}

/** No verdict on this part beside the others. */
export function NoVerdict() {
  const { t } = useTranslation();
  return (
    <p className="verdict model empty-verdict">
      <Icon name="minus" small /> {t("review.judge.none")}
    </p>
  );
}
