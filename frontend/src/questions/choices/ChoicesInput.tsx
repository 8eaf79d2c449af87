import type { ChoicesQuestion } from "../../api/types";
import type { KindProps } from "../kind";
import { OptionList } from "../OptionList";

export function ChoicesInput(props: KindProps<ChoicesQuestion>) {
  return <OptionList {...props} type="checkbox" />;
}
