import { useTranslation } from "react-i18next";
import { lengthInCodePoints } from "../../annotate/code_points";
import { formatNumber } from "../../shared/format";
import type { KindProps, WrittenQuestion } from "../kind";
import { Proposal } from "./Proposal";
import { excess } from "./text";

/** The counter appears when so little room is left. */
const NEARLY_FULL = 0.8;

export function TextInput(props: KindProps<WrittenQuestion>) {
  const { question, text, onWrite, onSettle } = props;
  const { t } = useTranslation();
  const over = excess(question, text);
  const length = lengthInCodePoints(text);
  const field = {
    className: "field",
    dir: "auto" as const,
    id: `text-${question.name}`,
    "aria-labelledby": `legend-${question.name}`,
    "aria-invalid": over > 0,
    "aria-describedby": `count-${question.name}`,
    value: text,
    onBlur: onSettle,
  };
  return (
    <div className="text-answer">
      <Proposal {...props} />
      {question.kind === "chat" || question.multiline ? (
        <textarea rows={3} {...field} onChange={(event) => onWrite(event.target.value)} />
      ) : (
        <input type="text" {...field} onChange={(event) => onWrite(event.target.value)} />
      )}
      <p id={`count-${question.name}`} className={over > 0 ? "error-text" : "meta"}>
        {over > 0
          ? t("annotate.too_long", { count: over, most: formatNumber(question.max_length) })
          : length > NEARLY_FULL * question.max_length &&
            t("annotate.length", { length: formatNumber(length), most: formatNumber(question.max_length) })}
      </p>
    </div>
  );
}
