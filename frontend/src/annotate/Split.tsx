/** The divider between subject and form: dragged, or moved with the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentMe, savePreferences } from "../api/session";

const LEAST = 25;
const MOST = 60;
const STEP = 2;

const DEFAULT_FORM_SHARE = 40;

interface Props {
  /** Share of the screen the form takes, in percent. */
  share: number;
  onMove: (share: number) => void;
  onSettle: (share: number) => void;
}

export function Split({ share, onMove, onSettle }: Props) {
  const { t } = useTranslation();
  const [isDragging, setDragging] = useState(false);
  const isRtl = () => document.dir === "rtl";
  const within = (value: number) => Math.round(Math.min(MOST, Math.max(LEAST, value)));

  function onPointerMove(event: PointerEvent<HTMLElement>) {
    if (!isDragging) return;
    const fromStart = (100 * event.clientX) / window.innerWidth;
    onMove(within(isRtl() ? fromStart : 100 - fromStart));
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const towardsForm = isRtl() ? "ArrowLeft" : "ArrowRight";
    const towardsSubject = isRtl() ? "ArrowRight" : "ArrowLeft";
    const change = event.key === towardsForm ? -STEP : event.key === towardsSubject ? STEP : 0;
    if (change === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(within(share + change));
    onSettle(within(share + change));
  }

  return (
    <hr
      className="split"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("annotate.divider")}
      aria-valuenow={share}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onKeyDown={onKeyDown}
      onPointerMove={onPointerMove}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
      }}
      onPointerUp={() => {
        setDragging(false);
        onSettle(share);
      }}
      onDoubleClick={() => onSettle(DEFAULT_FORM_SHARE)}
    />
  );
}

/** How wide the form is, kept for the person. */
export function useFormShare() {
  const [value, move] = useState(() => currentMe()?.preferences.form_share ?? DEFAULT_FORM_SHARE);
  const keep = (share: number) => {
    move(share);
    void savePreferences({ form_share: share });
  };
  return { value, move, keep };
}
