/** A part of a list that can be opened, moved up and down, and removed. */
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";

interface Props {
  title: string;
  note?: ReactNode;
  place: number;
  count: number;
  /** Whether it is open when it appears; afterwards the person opens and closes it. */
  startsOpen?: boolean;
  /** Whether something in it was refused; it opens when that is found. */
  isWrong?: boolean;
  onMove: (by: number) => void;
  onRemove: () => void;
  children: ReactNode;
}

export function Row({
  title,
  note,
  place,
  count,
  startsOpen = false,
  isWrong = false,
  onMove,
  onRemove,
  children,
}: Props) {
  const { t } = useTranslation();
  const [isOpen, open] = useState(startsOpen || isWrong);
  useEffect(() => {
    if (isWrong) open(true);
  }, [isWrong]);
  const named = { title };
  return (
    <details className="card part" open={isOpen} onToggle={(event) => open(event.currentTarget.open)}>
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
