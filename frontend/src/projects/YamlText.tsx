/** The text of a milo.yaml with line numbers, and each fault beside it; a click on a fault goes to its line. */
import { useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { SpecCheck } from "../api/researcher_types";

const LINE_PX = 20;

interface Props {
  yaml: string;
  faults: SpecCheck["errors"];
  onChange: (yaml: string) => void;
}

export function YamlText({ yaml, faults, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const wrong = new Set(faults.map((fault) => fault.line));
  const lines = yaml.split("\n").length;
  const goTo = (line: number) => {
    const text = area.current;
    if (!text) return;
    const start =
      yaml
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    const end = yaml.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end === -1 ? yaml.length : end);
    text.scrollTop = Math.max(0, (line - 4) * LINE_PX);
  };
  return (
    <div className="yaml" data-faults={faults.length > 0 || undefined}>
      <div className="card yaml-text">
        <pre ref={numbers} aria-hidden="true">
          {Array.from({ length: lines }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <span key={place} data-wrong={wrong.has(place + 1) || undefined}>
              {place + 1}
            </span>
          ))}
        </pre>
        <label className="vh" htmlFor={id}>
          {t("new_project.text")}
        </label>
        <textarea
          id={id}
          ref={area}
          wrap="off"
          spellCheck={false}
          aria-invalid={faults.length > 0 || undefined}
          value={yaml}
          placeholder={t("new_project.placeholder")}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      {faults.length > 0 && (
        <ol className="yaml-faults" aria-label={t("new_project.faults_list")}>
          {faults.map((fault) => (
            <li key={`${fault.line} ${fault.where} ${fault.found}`} className="note redo">
              <div className="stack">
                {fault.line !== null ? (
                  <button type="button" className="btn sm" onClick={() => goTo(fault.line as number)}>
                    {t("new_project.line", { line: fault.line })}
                  </button>
                ) : null}
                <p className="mono">{fault.where}</p>
                <dl>
                  <dt>{t("new_project.found")}</dt>
                  <dd dir="auto">{fault.found}</dd>
                  <dt>{t("new_project.allowed")}</dt>
                  <dd dir="auto">{fault.allowed}</dd>
                </dl>
              </div>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
