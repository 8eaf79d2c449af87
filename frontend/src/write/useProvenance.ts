/** How much of the texts of an item came from drafts: measured when typing pauses, never while a key is handled. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Draft, Question } from "../api/types";
import { align } from "./alignment";
import { type Copied, type CopyRule, copiedIn, judged } from "./copied";
import type { Measured, WrittenWith } from "./written_with";

/** How long typing pauses before a text is measured, and how often while a draft grows. */
const PAUSE_MS = 250;

export interface Provenance {
  written: WrittenWith | null;
  /** What the drafted text, as it was measured last, would lead to. */
  copied: Copied | null;
  /** The same of the text as it is now. */
  copiedNow: () => Copied | null;
}

export function useProvenance(
  texts: Readonly<Record<string, string>>,
  questions: readonly Question[],
  drafts: readonly Draft[],
  rule: CopyRule | null,
): Provenance {
  const measured = useMeasured(texts, questions, rule === null ? NO_DRAFTS : drafts);
  const written = useMemo(
    () => (rule === null ? null : { drafts, measured, ...pick(rule) }),
    [rule, drafts, measured],
  );
  const answer = rule === null ? undefined : measured[rule.answers];
  const copied = useMemo(
    () => (rule === null || answer === undefined ? null : judged(answer.alignment.share, rule)),
    [rule, answer],
  );
  const copiedNow = useCallback(
    () => (rule === null ? null : copiedIn(texts[rule.answers] ?? "", drafts, rule)),
    [rule, texts, drafts],
  );
  return { written, copied, copiedNow };
}

const NO_DRAFTS: readonly Draft[] = [];

function pick({ answers, copying, copy_limit }: CopyRule): CopyRule {
  return { answers, copying, copy_limit };
}

function useMeasured(
  texts: Readonly<Record<string, string>>,
  questions: readonly Question[],
  drafts: readonly Draft[],
): Readonly<Record<string, Measured>> {
  const newest = useRef({ texts, drafts });
  const look = useCallback(() => {
    const { texts, drafts } = newest.current;
    const known = drafts.filter(({ text }) => text !== "");
    const written = questions.filter(({ kind }) => kind === "text" || kind === "chat");
    if (known.length === 0) return NOTHING;
    return Object.fromEntries(
      written.map(({ name }) => {
        const text = texts[name] ?? "";
        return [name, { text, alignment: align(text, known) }];
      }),
    );
  }, [questions]);
  const [measured, setMeasured] = useState(look);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const before = newest.current;
    newest.current = { texts, drafts };
    if (before.texts === texts && before.drafts === drafts) return;
    if (before.texts !== texts) {
      clearTimeout(timer.current); // typing puts it off, a draft that grows does not
      timer.current = undefined;
    }
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setMeasured(look());
    }, PAUSE_MS);
  }, [texts, drafts, look]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return measured;
}

const NOTHING: Readonly<Record<string, Measured>> = {};
