/** Before the start: what will be asked, so that one reads the answer with it in mind. */
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { withTitles } from "./figures";
import type { Part } from "./review_form";

export function Start({
  parts,
  titles,
  onStart,
}: {
  parts: readonly Part[];
  titles: Readonly<Record<string, string>>;
  onStart: () => void;
}) {
  const { t } = useTranslation();
  const criteria = parts.filter(({ kind }) => kind === "criterion").length;
  return (
    <div className="start">
      <p>
        {[
          criteria > 0 && t("review.start.parts", { count: criteria }),
          parts.length > criteria && t("review.start.errors", { count: parts.length - criteria }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Button look="primary" command="review.submit" data-autofocus onClick={onStart}>
        {t("review.start.button")}
      </Button>
      <p className="meta">{t("review.start.why")}</p>
      <ul className="preview-parts">
        {parts.map((part) => {
          const { definition } = part.kind === "criterion" ? part.criterion : part.error;
          return (
            <li key={part.name}>
              <b dir="auto">{part.title}</b>{" "}
              <span className="meta" dir="auto">
                {withTitles(definition, titles)}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
