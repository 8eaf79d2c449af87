/** Which sections of the guideline a model reads; `off` are the ids of those it does not get. */
import { useTranslation } from "react-i18next";
import { useProject } from "../projects/useProject";
import { Switch } from "../shared/Switch";

export function SectionSwitches({ off, onChange }: { off: string[]; onChange: (off: string[]) => void }) {
  const { t } = useTranslation();
  const readable = useProject().guideline.sections.filter((section) => section.in_prompt);
  if (readable.length === 0) return <p className="meta">{t("bench.no_sections")}</p>;
  return readable.map(({ id, title }) => (
    <Switch
      key={id}
      isOn={!off.includes(id)}
      onChange={(isOn) => onChange(isOn ? off.filter((each) => each !== id) : [...off, id])}
    >
      <span dir="auto">{title}</span>
    </Switch>
  ));
}
