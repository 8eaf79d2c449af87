/** Who said it: a dashed ring is a model, a disc is a person. The logo is both. */

export function Mark({ of }: { of: "model" | "person" }) {
  return (
    <svg className="i" viewBox="0 0 16 16" aria-hidden="true">
      <circle className={of === "model" ? "mark-m" : "mark-h"} cx="8" cy="8" r="5.6" />
    </svg>
  );
}

export function Logo() {
  return (
    <svg width="22" height="16" viewBox="0 0 22 16" aria-hidden="true">
      <circle className="mark-h" cx="7" cy="8" r="5.4" />
      <circle className="mark-m" cx="14" cy="8" r="5.4" style={{ strokeWidth: 1.7 }} />
    </svg>
  );
}
