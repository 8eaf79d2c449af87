/** What the policy does, in one sentence, with what hangs on it. */
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { formatNumber, formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { policySentence, ruleOf } from "./policy";
import type { EditorProps } from "./RubricScreen";

export function PolicySays({ project, spec, draft, isSaved }: EditorProps & { isSaved: boolean }) {
  const { t } = useTranslation();
  const { policy, rubrics } = draft;
  const judges = ruleOf(policy, "judge") !== null;
  const { reviewed, recall, precision, kappa } = policy.bar;
  return (
    <aside className="preview-pane policy-says" aria-label={t("rubric.what_happens")}>
      <p className="meta">{t(isSaved ? "rubric.in_force" : "rubric.once_saved")}</p>
      <div className="stack">
        <p className="sentence" role="status">
          {policySentence(policy, rubrics, spec.settings.export_unreviewed, t)}
        </p>
        <ul className="stack ctl">
          {judges && policy.judge === null && (
            <li className="note warn">
              <Icon name="warning" />
              <span>{t("rubric.no_judge_yet")}</span>
            </li>
          )}
          {judges && (
            <li>
              {t("rubric.judge_earns", {
                reviewed: formatNumber(reviewed),
                recall: formatPercent(recall),
                precision: formatPercent(precision),
                kappa: kappa.toFixed(2),
              })}
            </li>
          )}
          {policy.rules.length > 0 && <li>{t("rubric.kept_hours", { count: policy.redo_hours })}</li>}
          {policy.rules.length > 0 && <li>{t(policy.blind ? "rubric.says_blind" : "rubric.says_open")}</li>}
          {policy.check && <li>{t("rubric.says_check")}</li>}
          {policy.rules.length > 0 && <li>{t("rubric.says_export")}</li>}
        </ul>
        <div>
          <Link className="btn" to="/p/$slug/judge" params={{ slug: project.slug }}>
            {t("rubric.to_judge")}
          </Link>
        </div>
      </div>
    </aside>
  );
}
