/** What a reviewer entered and has not stored yet, kept in this tab so that a reload loses nothing. */
import type { ReviewForm } from "./review_form";

interface Address {
  person: number;
  assignment: number;
  revision: number;
}

export function keepForm(address: Address, form: ReviewForm): boolean {
  try {
    sessionStorage.setItem(keyOf(address), JSON.stringify(form));
    return true;
  } catch {
    return false; // a browser that keeps nothing: the form on screen is all there is
  }
}

export function keptForm(address: Address): ReviewForm | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(address)) ?? "null") as ReviewForm | null;
  } catch {
    return null;
  }
}

export function forgetForm(address: Address): void {
  try {
    sessionStorage.removeItem(keyOf(address));
  } catch {
    // nothing was kept
  }
}

function keyOf({ person, assignment, revision }: Address): string {
  return `milo.review.${person}.${assignment}.${revision}`;
}
