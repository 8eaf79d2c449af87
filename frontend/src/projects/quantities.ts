/** Money and time in the words of the person's locale. */

const usd = new Intl.NumberFormat(undefined, {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 2,
});
const fineUsd = new Intl.NumberFormat(undefined, {
  style: "currency",
  currency: "USD",
  maximumFractionDigits: 4,
});

/** `$6.12`; amounts under a cent with four places. */
export function formatUsd(amount: number): string {
  return amount > 0 && amount < 0.01 ? fineUsd.format(amount) : usd.format(amount);
}

/** `24 s`, `3 min`, `2 h 5 min` */
export function inWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return unit(whole, "second");
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const rest = minutes % 60;
  return unit(Math.floor(minutes / 60), "hour") + (rest === 0 ? "" : ` ${unit(rest, "minute")}`);
}

function unit(value: number, name: "second" | "minute" | "hour"): string {
  return new Intl.NumberFormat(undefined, { style: "unit", unit: name, unitDisplay: "short" }).format(value);
}

/** `21 Nov, 04:40`; the year where it is another. */
export function formatWhen(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const format = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit", year } as const;
  return new Intl.DateTimeFormat(undefined, format).format(at);
}

/** `1.2 MB` */
export function formatBytes(bytes: number): string {
  const names = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  let [value, step] = [bytes, 0];
  while (value >= 1000 && step < names.length - 1) [value, step] = [value / 1000, step + 1];
  const format = {
    style: "unit",
    unit: names[step],
    unitDisplay: "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(undefined, format).format(value);
}
