/** What the assistant sees, in words. */
import type { useTranslation } from "react-i18next";
import type { AssistantSummary } from "./types";

/** `sees picture and query only`; short, for a line. */
export function seesOnly(assistant: AssistantSummary, t: ReturnType<typeof useTranslation>["t"]): string {
  const parts = [
    ...(assistant.sees_pictures ? [t("assist.drafts.picture")] : []),
    ...(assistant.query === null ? [] : [t("assist.drafts.query")]),
    ...assistant.sees,
    ...(assistant.sees_guideline ? [t("assist.drafts.guideline")] : []),
  ];
  const list = new Intl.ListFormat(undefined, { type: "conjunction" }).format(parts);
  return t("assist.drafts.sees", { what: list || t("assist.drafts.nothing") });
}
