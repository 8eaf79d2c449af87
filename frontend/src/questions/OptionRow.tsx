/** One option: key, mark, label, who chose it, how sure the model is; one column each. */
import { useTranslation } from "react-i18next";
import type { Option } from "../api/types";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { Mark } from "../shared/Mark";
import type { Standing } from "./marks";

interface Props {
  type: "radio" | "checkbox";
  group: string;
  option: Option;
  standing: Standing;
  /** The key that picks it; null when it has none. */
  optionKey: string | null;
  isActive: boolean;
  /** The model's probability; undefined where nothing is shown. */
  confidence: number | undefined;
  hasBars: boolean;
  onPick: (option: string) => void;
}

export function OptionRow(props: Props) {
  const { type, group, option, standing, optionKey, isActive, confidence, hasBars, onPick } = props;
  const { t } = useTranslation();
  const isChecked = standing === "you" || standing === "confirmed" || standing === "model";
  return (
    <label className={option.exclusive ? "opt none" : "opt"} title={option.definition || undefined}>
      <span className="key" aria-hidden="true">
        {isActive && optionKey ? <kbd>{optionKey}</kbd> : <span className="bare-key">{optionKey}</span>}
      </span>
      <input
        className="pick"
        type={type}
        name={group}
        value={option.name}
        checked={isChecked}
        data-origin={standing === "model" ? "model" : undefined}
        onChange={() => onPick(option.name)}
        onClick={() => type === "radio" && standing === "model" && onPick(option.name)}
      />
      <span dir="auto">
        {option.label} {option.exclusive && <span className="meta">{t("annotate.clears_others")}</span>}
      </span>
      <Who standing={standing} />
      {hasBars && confidence !== undefined ? (
        <>
          <span
            className="bar"
            style={{ "--v": formatPercent(confidence).replace(" ", "") }}
            aria-hidden="true"
          >
            <i />
          </span>
          <span className="pc">
            <span className="vh">{t("annotate.model_says")} </span>
            {formatPercent(confidence)}
          </span>
        </>
      ) : (
        hasBars && (
          <>
            <span />
            <span />
          </>
        )
      )}
    </label>
  );
}

function Who({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  if (standing === "none") return <span />;
  return (
    <span className={standing === "model" ? "tag m who" : "tag h who"}>
      {standing === "confirmed" && <Icon name="check" />}
      {standing === "rejected" && <Icon name="x" />}
      {standing === "you" && <Mark of="person" />}
      {standing === "model" && <Mark of="model" />}
      <span className="txt">{t(`annotate.standing.${standing}`)}</span>
    </span>
  );
}
