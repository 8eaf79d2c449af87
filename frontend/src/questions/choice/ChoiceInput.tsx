import type { ChoiceQuestion } from "../../api/types";
import type { KindProps } from "../kind";
import { OptionList } from "../OptionList";

export function ChoiceInput(props: KindProps<ChoiceQuestion>) {
  return <OptionList {...props} type="radio" />;
}
