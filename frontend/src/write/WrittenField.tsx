/** A text that is written: it grows with its words, counts them, and shows what of it came from a draft. */
import { lazy, Suspense, useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { lengthInCodePoints } from "../annotate/code_points";
import type { WrittenQuestion } from "../questions/kind";
import { excess } from "../questions/text/text";
import { formatNumber } from "../shared/format";
import { Copying } from "./Copying";
import { Mirror } from "./Mirror";
import { carried, passagesOf } from "./passages";
import { putText } from "./put_text";
import { countWords } from "./words";
import "./write.css";
import { useWrittenWith } from "./written_with";

/** Loads when there is a draft. */
const Strip = lazy(() => import("./Strip"));

/** The counter appears when so little room is left. */
const NEARLY_FULL = 0.8;

export interface WrittenFieldProps {
  question: WrittenQuestion;
  text: string;
  onWrite: (value: string) => void;
  /** Typing ended: what follows is a step of its own. */
  onSettle: () => void;
}

export function WrittenField({ question, text, onWrite, onSettle }: WrittenFieldProps) {
  const written = useWrittenWith();
  const { name, aim_min_words: least, aim_max_words: most } = question;
  const hasAim = least !== null || most !== null;
  const isLong = question.kind === "chat" || question.multiline;
  const over = excess(question, text);
  const field = {
    dir: "auto" as const,
    id: `text-${name}`,
    "data-written": name,
    "aria-labelledby": `legend-${name}`,
    "aria-invalid": over > 0,
    "aria-describedby": `count-${name} words-${name} copied-${name}`,
    value: text,
    onBlur: onSettle,
  };
  const write = (event: { target: { value: string } }) => onWrite(event.target.value);
  const measured = written?.measured[name];
  const isShown = measured !== undefined && measured.text !== "" && text !== "";
  const replace = (after: string) => {
    const own = document.getElementById(field.id);
    own?.focus();
    onSettle();
    if (!(isField(own) && putText(own, after))) onWrite(after);
    onSettle();
  };
  const strip = written !== null && isShown && (written.answers === name || measured.alignment.share > 0) && (
    <Suspense fallback={<div className="strip" aria-busy="true" />}>
      <Strip question={name} measured={measured} text={text} onReplace={replace} />
    </Suspense>
  );
  return (
    <>
      {(hasAim || (isLong && written !== null)) && <WordCount question={question} text={text} />}
      {!isLong ? (
        <>
          <input type="text" className="field" {...field} onChange={write} />
          {strip}
        </>
      ) : written === null ? (
        <textarea rows={3} className="field" {...field} onChange={write} />
      ) : (
        <div className="sheet" data-drafted={written.answers === name || undefined}>
          <div className="editor">
            <Marked question={name} text={text} />
            <textarea rows={1} {...field} onChange={write} />
          </div>
          {strip}
        </div>
      )}
      {written?.answers === name && measured !== undefined && (
        <Copying question={name} share={measured.alignment.share} rule={written} />
      )}
      <Room question={question} text={text} over={over} />
    </>
  );
}

function isField(element: HTMLElement | null): element is HTMLTextAreaElement | HTMLInputElement {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
}

/** What of the text came from drafts, marked behind it; between two measurements the marks go along with the text. */
function Marked({ question, text }: { question: string; text: string }) {
  const written = useWrittenWith();
  const measured = written?.measured[question];
  const drafts = written?.drafts;
  const found = useMemo(
    () => (measured && drafts ? passagesOf(measured.text, measured.alignment, drafts) : []),
    [measured, drafts],
  );
  const passages = useMemo(() => carried(found, measured?.text ?? text, text), [found, measured, text]);
  return <Mirror text={text} passages={passages} />;
}

function WordCount({ question, text }: { question: WrittenQuestion; text: string }) {
  const { t } = useTranslation();
  const count = countWords(useDeferredValue(text));
  const { aim_min_words: least, aim_max_words: most } = question;
  const aim =
    least !== null && most !== null ? "between" : least !== null ? "least" : most !== null ? "most" : null;
  const figures = { least: formatNumber(least ?? 0), most: formatNumber(most ?? 0) };
  return (
    <p className="meta words" id={`words-${question.name}`}>
      {t("write.words", { count, formatted: formatNumber(count) })}
      {aim && t(`write.aim.${aim}`, figures)}
    </p>
  );
}

/** How many characters are left, where that is little. */
function Room({ question, text, over }: { question: WrittenQuestion; text: string; over: number }) {
  const { t } = useTranslation();
  const length = lengthInCodePoints(text);
  const most = formatNumber(question.max_length);
  return (
    <p id={`count-${question.name}`} className={over > 0 ? "error-text" : "meta"}>
      {over > 0
        ? t("annotate.too_long", { count: over, most })
        : length > NEARLY_FULL * question.max_length &&
          t("annotate.length", { length: formatNumber(length), most })}
    </p>
  );
}
