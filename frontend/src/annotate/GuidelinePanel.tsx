/** The guideline over the form, never over the subject: opened at the question in focus, with search and anchors. */
import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Question, Section } from "../api/types";
import { hasOptions } from "../questions/kind";
import { Button } from "../shared/Button";
import { useCommands } from "../shared/keys";
import { Markdown } from "../shared/Markdown";

interface Props {
  sections: readonly Section[];
  questions: readonly Question[];
  /** The question whose part is shown first. */
  at: string | undefined;
  onClose: () => void;
}

export function GuidelinePanel({ sections, questions, at, onClose }: Props) {
  const { t } = useTranslation();
  const [sought, seek] = useState("");
  const panel = useRef<HTMLElement>(null);
  const found = sections.filter((section) => contains(section, sought));
  useCommands([
    {
      id: "guideline.close",
      keys: ["Escape"],
      scope: "tool",
      label: "keys.close",
      inText: true,
      run: onClose,
    },
  ]);
  useLayoutEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    panel.current?.querySelector(`[data-question="${at}"]`)?.scrollIntoView();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [at]);
  return (
    <aside className="guideline-panel" aria-label={t("annotate.guideline")} ref={panel} tabIndex={-1}>
      <div className="dialog-head">
        <h2>{t("annotate.guideline")}</h2>
        <Button look="quiet" small icon="x" aria-label={t("common.close")} onClick={onClose} />
      </div>
      <div className="guideline-tools">
        <input
          className="field"
          type="search"
          aria-label={t("annotate.search_guideline")}
          placeholder={t("annotate.search_guideline")}
          value={sought}
          onChange={(event) => seek(event.target.value)}
        />
        <nav aria-label={t("annotate.sections")}>
          {found.map(({ id, title }) => (
            <button
              key={id}
              type="button"
              className="chip line"
              onClick={() => document.getElementById(`section-${id}`)?.scrollIntoView()}
            >
              <span dir="auto">{title}</span>
            </button>
          ))}
        </nav>
      </div>
      <div className="guideline-text" tabIndex={0}>
        {found.length === 0 && <p className="meta">{t("annotate.nothing_found")}</p>}
        {found.map((section) => (
          <section
            key={section.id}
            id={`section-${section.id}`}
            data-question={section.question ?? undefined}
          >
            <h3 dir="auto">{section.title}</h3>
            <Markdown>{section.body}</Markdown>
            <Options question={questions.find(({ name }) => name === section.question)} />
          </section>
        ))}
      </div>
    </aside>
  );
}

/** The definitions and examples that stand with the options themselves. */
function Options({ question }: { question: Question | undefined }) {
  if (!hasOptions(question)) return null;
  const defined = question.options.filter(({ definition, examples }) => definition || examples.length > 0);
  return (
    <dl>
      {defined.map(({ name, label, definition, examples }) => (
        <div key={name}>
          <dt dir="auto">{label}</dt>
          <dd dir="auto">
            {definition}
            {examples.length > 0 && (
              <ul>
                {examples.map((example) => (
                  <li key={example} dir="auto">
                    {example}
                  </li>
                ))}
              </ul>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function contains({ title, body }: Section, sought: string): boolean {
  const text = `${title}\n${body}`.toLocaleLowerCase();
  return sought
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
