import { useTranslation } from "react-i18next";
import type { GradeWords } from "./draft";

/** The labels a new criterion begins with, in the language of the interface. */
export function useGradeWords(): GradeWords {
  const { t } = useTranslation();
  return [t("rubric.grade_1"), t("rubric.grade_2"), t("rubric.grade_3")];
}
