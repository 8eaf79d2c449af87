/** The name of the page in the browser's tab: the most particular first. */
import { useEffect } from "react";

export function useTitle(...parts: (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), "milo"].join(" · ");
  useEffect(() => {
    document.title = title;
    return () => {
      document.title = "milo";
    };
  }, [title]);
}
