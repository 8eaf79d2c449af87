/** A part of a list that can be opened, moved up and down, and removed. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";

interface Props {
  title: string;
  note?: ReactNode;
  place: number;
  count: number;
  isOpen?: boolean;
  onMove: (by: number) => void;
  onRemove: () => void;
  children: ReactNode;
}

export function Row({ title, note, place, count, isOpen = false, onMove, onRemove, children }: Props) {
  const { t } = useTranslation();
  const named = { title };
  return (
    <details className="card part" open={isOpen}>
      <summary>
        <span className="grow" dir="auto">
          {title || t("builder.untitled")}
        </span>
        {note}
      </summary>
      <div className="part-body">
        {children}
        <div className="actions end">
          <Button
            look="quiet"
            small
            disabled={place === 0}
            aria-label={t("builder.up_of", named)}
            onClick={() => onMove(-1)}
          >
            {t("builder.up")}
          </Button>
          <Button
            look="quiet"
            small
            disabled={place === count - 1}
            aria-label={t("builder.down_of", named)}
            onClick={() => onMove(1)}
          >
            {t("builder.down")}
          </Button>
          <Button look="quiet" small aria-label={t("builder.remove_of", named)} onClick={onRemove}>
            {t("builder.remove")}
          </Button>
        </div>
      </div>
    </details>
  );
}
