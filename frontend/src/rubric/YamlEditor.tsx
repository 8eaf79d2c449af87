/** The rubrics as text: edited, checked line by line, and applied to the form. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { YamlText } from "../projects/YamlText";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { showToast } from "../shared/toast";
import type { EditorProps } from "./RubricScreen";
import { checkRubrics } from "./requests";
import { toYaml } from "./yaml";

interface Props extends EditorProps {
  /** What was typed and not applied yet; null while the text says what the form says. */
  yaml: string | null;
  onType: (yaml: string | null) => void;
}

export function YamlEditor({ project, draft, onChange, yaml: typed, onType }: Props) {
  const { t } = useTranslation();
  const now = toYaml(draft.rubrics);
  const yaml = typed ?? now;
  const checked = useQuery({
    queryKey: ["rubric-check", project.slug, yaml],
    queryFn: () => checkRubrics(project.slug, yaml),
    placeholderData: (before) => before,
  });
  const { rubrics = null, errors = [] } = checked.data ?? {};
  const mayApply = rubrics !== null && errors.length === 0 && !checked.isFetching;
  return (
    <>
      <YamlText yaml={yaml} faults={errors} onChange={(text) => onType(text === now ? null : text)} />
      <ErrorNote error={checked.error} onRetry={() => void checked.refetch()} />
      <div className="actions end">
        <span className="meta grow" role="status">
          {errors.length > 0
            ? t("rubric.yaml_faults", { count: errors.length })
            : yaml === now
              ? t("rubric.yaml_same")
              : rubrics !== null && t("rubric.yaml_fits", { count: rubrics.length })}
        </span>
        <Button disabled={yaml === now} onClick={() => onType(null)}>
          {t("rubric.yaml_undo")}
        </Button>
        <Button
          look="primary"
          disabled={!mayApply || yaml === now}
          onClick={() => {
            if (rubrics === null) return;
            onChange({ rubrics });
            onType(null);
            showToast(t("rubric.yaml_applied"));
          }}
        >
          {t("rubric.yaml_apply")}
        </Button>
      </div>
    </>
  );
}
