/** The state of an item: a word, an icon and a colour, never the colour alone. */
import { useTranslation } from "react-i18next";
import type { ItemState } from "../api/researcher_types";
import { Icon, type IconName } from "../shared/Icon";

export const ITEM_STATES: ItemState[] = ["new", "in_work", "labeled", "in_review", "done", "rejected"];

const LOOKS: Record<ItemState, { icon: IconName; look: string }> = {
  new: { icon: "minus", look: "quiet" },
  in_work: { icon: "clock", look: "quiet" },
  labeled: { icon: "check", look: "pass" },
  in_review: { icon: "clock", look: "quiet" },
  done: { icon: "check", look: "pass" },
  rejected: { icon: "x", look: "redo" },
};

export function StateWord({ state }: { state: ItemState }) {
  const { t } = useTranslation();
  const { icon, look } = LOOKS[state];
  return (
    <span className={`state ${look}`}>
      <Icon name={icon} />
      {t(`data.state_${state}`)}
    </span>
  );
}
