/** A table that may be wider than its place; scrolled by keys too. */
import type { ReactNode } from "react";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
}

export function TableScroll({ label, className = "", children }: Props) {
  return (
    <section className={`table-scroll ${className}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
