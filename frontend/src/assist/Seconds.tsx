/** How long something has been going on, counted while one looks. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const EVERY_MS = 200;
const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function Seconds({ since }: { since: number }) {
  const { t } = useTranslation();
  const [now, look] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => look(performance.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <>{t("assist.bar.seconds", { seconds: formatSeconds(Math.max(0, now - since)) })}</>;
}

/** `2.4` */
export function formatSeconds(milliseconds: number): string {
  return format.format(milliseconds / 1000);
}
