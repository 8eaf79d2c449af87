/** What becomes of an answer once it is sent, at the end of the form. */
import { useTranslation } from "react-i18next";
import type { Project } from "../api/types";

interface Props {
  project: Pick<Project, "review" | "rubrics">;
  /** Whether there can be drafts of this item. */
  hasDrafts: boolean;
}

export function WhatNext({ project, hasDrafts }: Props) {
  const { t } = useTranslation();
  const isReviewed = project.rubrics.length > 0;
  const review = !isReviewed ? "none" : project.review.has_judge ? "judge" : "person";
  return (
    <p className="meta what-next">
      {t(`write.next.${review}`)} {hasDrafts && t("write.next.kept")}
    </p>
  );
}
