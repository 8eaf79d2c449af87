/** A text with the passages the model points to, each numbered like the option it speaks for. */
import { useTranslation } from "react-i18next";
import type { Evidence, Question } from "../api/types";
import { numberOf } from "../questions/suggestion";
import { cutAtPassages } from "./code_points";

interface Props {
  text: string;
  evidence: readonly Evidence[];
  /** The question the passages belong to. */
  question: Question | undefined;
}

export function MarkedText({ text, evidence, question }: Props) {
  const { t } = useTranslation();
  if (evidence.length === 0 || question === undefined) return text;
  let at = 0;
  return cutAtPassages(text, evidence).map((piece) => {
    const key = at;
    at += piece.text.length;
    if (piece.passages.length === 0) return <span key={key}>{piece.text}</span>;
    const numbers = piece.ends.map(({ option }) => numberOf(question, option)).filter((n) => n !== undefined);
    return (
      <mark key={key} className="ev">
        <span className="vh">{t("annotate.model_points_to")} </span>
        {piece.text}
        {numbers.length > 0 && <sup>{numbers.join(", ")}</sup>}
      </mark>
    );
  });
}
