/** Icons, 16 px, 1.5 stroke; decoration only, the word beside them carries the meaning. */
import type { ReactNode } from "react";

const PATHS = {
  blind: <path d="M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13 13 3" />,
  book: (
    <>
      <path d="M8 4.2C6.6 3 4.6 2.7 2.5 2.8v9.6c2.1-.1 4.1.2 5.5 1.4 1.4-1.2 3.4-1.5 5.5-1.4V2.8C11.4 2.7 9.4 3 8 4.2z" />
      <path d="M8 4.2v9.4" />
    </>
  ),
  check: <path d="m3.5 8.5 3 3 6-7" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  cloudOff: (
    <path d="M2.5 2.5l11 11M5 5.6A3.4 3.4 0 0 0 4.6 12h6.6M7.2 4.1a4 4 0 0 1 4.7 3.6 2.4 2.4 0 0 1 1.6 3.3" />
  ),
  copy: <path d="M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1" />,
  difference: <path d="M8 3v6M5 6h6M5 12.5h6" />,
  down: <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
  download: <path d="M8 2.5v8m-3.2-3L8 10.7l3.2-3.2M3 13.5h10" />,
  flag: <path d="M3.5 14V2.5h8.5l-2 3 2 3H3.5" />,
  history: <path d="M2.8 8a5.2 5.2 0 1 0 1.6-3.8M2.8 2.8v2.6h2.6M8 5v3.2l2 1.3" />,
  left: <path d="m9.5 4.5-3.5 3.5 3.5 3.5" />,
  lock: <path d="M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2" />,
  minus: <path d="M3.5 8h9" />,
  plus: <path d="M8 3.5v9M3.5 8h9" />,
  redo: <path d="M13 8a5 5 0 1 1-1.6-3.7M13.3 2v3h-3" />,
  repeat: <path d="M3 6.5h8.5m-2.5-3 3 3-3 3M13 11.5H5" />,
  right: <path d="m6.5 4.5 3.5 3.5-3.5 3.5" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2" />,
  skip: (
    <>
      <path d="m3 3.5 6 4.5-6 4.5z" />
      <path d="M12.5 3.5v9" />
    </>
  ),
  stop: <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" stroke="none" />,
  sync: <path d="M3 8a5 5 0 0 1 8.6-3.4L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.6 3.4L3 10M3 13v-3h3" />,
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" stroke="none" />
    </>
  ),
  undo: (
    <>
      <path d="M5.5 3.5 2.5 6.5l3 3" />
      <path d="M2.5 6.5h7a4 4 0 0 1 0 8H7" />
    </>
  ),
  up: <path d="m4.5 9.5 3.5-3.5 3.5 3.5" />,
  upload: <path d="M8 10.5v-8m-3.2 3L8 2.3l3.2 3.2M3 13.5h10" />,
  warning: <path d="M8 2.5 14 13H2zM8 6.5v3.2M8 11.6v.1" />,
  x: <path d="m4.5 4.5 7 7M11.5 4.5l-7 7" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, small = false }: { name: IconName; small?: boolean }) {
  return (
    <svg className={small ? "i s" : "i"} viewBox="0 0 16 16" aria-hidden="true">
      {PATHS[name]}
    </svg>
  );
}
