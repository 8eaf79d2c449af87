/** The active time on the item on screen, to the second. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { HandlingTime } from "./handling_time";

export function Clock({ time }: { time: HandlingTime }) {
  const { t } = useTranslation();
  const [active, setActive] = useState(0);
  useEffect(() => {
    const tick = () => setActive(time.read(performance.now()).active_ms);
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [time]);
  return (
    <span className="row ctl wide" title={t("annotate.active_time")}>
      <Icon name="clock" />
      <span role="timer" aria-label={t("annotate.active_time")}>
        {formatDuration(active)}
      </span>
    </span>
  );
}
