/** What the model proposes for a text, until the person takes or refuses it. */
import { useTranslation } from "react-i18next";
import { Button } from "../../shared/Button";
import { Mark } from "../../shared/Mark";
import type { KindProps } from "../kind";

export function Proposal({
  preselected: [proposal],
  marks,
  isActive,
  onAccept,
}: Pick<KindProps, "preselected" | "marks" | "isActive" | "onAccept">) {
  const { t } = useTranslation();
  if (proposal === undefined || marks[proposal] !== undefined) return null;
  return (
    <div className="proposal">
      <span className="tag m">
        <Mark of="model" /> {t("annotate.standing.model")}
      </span>
      <p dir="auto">{proposal}</p>
      <Button small look="quiet" command={isActive ? "annotate.accept" : undefined} onClick={onAccept}>
        {t("annotate.insert")}
      </Button>
    </div>
  );
}
