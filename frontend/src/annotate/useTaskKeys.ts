/** Every key of the form; what is not offered on an item has none. */
import { CONFIDENCES } from "../questions/OwnConfidence";
import { isYesOrNo, optionKeys, optionOfKey } from "../questions/option_keys";
import { suggestionFor } from "../questions/suggestion";
import { type Command, useCommands } from "../shared/keys";
import { focusTypeAhead, hasTypeAhead } from "./focus";
import type { ActiveQuestion } from "./useActiveQuestion";
import type { FormControl } from "./useForm";

interface Acts {
  submit: () => void;
  undo: () => void;
  explain: (question: string) => void;
  toggleGuideline: () => void;
  /** What follows is undefined where it is not offered. */
  reveal: (() => void) | undefined;
  repeat: (() => void) | undefined;
  check: (() => void) | undefined;
  skip: (() => void) | undefined;
  reject: (() => void) | undefined;
  flag: (() => void) | undefined;
}

/** In these, arrows move what has the focus. */
const OWN_ARROWS = ".subject, .split, .guideline-panel, .compared-text";

export function useTaskKeys(control: FormControl, at: ActiveQuestion, acts: Acts): void {
  const { active } = at;
  const hasOffer = () => active !== undefined && (control.preselected[active.name]?.length ?? 0) > 0;
  const hasExplanation = () =>
    active !== undefined && Boolean(suggestionFor(active, control.suggestions)?.explanation);

  const choose = (key: string) => {
    const option = active && optionOfKey(active, key.toLowerCase());
    if (active === undefined || option === undefined) return;
    control.pick(active, option.name);
    if (isYesOrNo(active, key.toLowerCase())) at.moveOn();
  };
  const accept = () => {
    if (active === undefined) return;
    control.accept(active);
    at.moveOn();
  };
  const rateNext = () => {
    if (active === undefined) return;
    const now = control.form.confidences[active.name];
    const next = CONFIDENCES[(CONFIDENCES.indexOf(now ?? "sure") + 1) % CONFIDENCES.length];
    control.rate(active, now === "sure" || next === undefined ? "sure" : next);
  };

  useCommands([
    {
      ...page("option", active ? optionKeys(active) : [], choose),
      scope: "form",
      isFixed: true,
      isEnabled: () => active !== undefined,
    },
    page("next", ["j", "ArrowDown"], () => at.move(1), { isEnabled: arrowsAreFree }),
    page("previous", ["k", "ArrowUp"], () => at.move(-1), { isEnabled: arrowsAreFree }),
    page("accept", ["a"], accept, { isEnabled: hasOffer }),
    page("reject", ["x"], () => active && control.reject(active), { isEnabled: hasOffer }),
    page("explain", ["e"], () => active && acts.explain(active.name), { isEnabled: hasExplanation }),
    page("reveal", acts.reveal ? ["h"] : [], () => acts.reveal?.()),
    page("sure", active?.ask_confidence ? ["u"] : [], rateNext),
    page("find", ["/"], () => focusTypeAhead(active), { isEnabled: () => hasTypeAhead(active) }),
    page("guideline", ["q"], acts.toggleGuideline),
    page("submit", ["Enter"], acts.submit),
    page("submit_text", ["Ctrl+Enter"], acts.submit, { inText: true }),
    page("undo", ["z", "Ctrl+z"], acts.undo),
    page("redo", ["Shift+Z", "Ctrl+Shift+Z", "Ctrl+y"], control.redo),
    ...(acts.check ? [page("check", ["c", "Ctrl+j"], acts.check, { inText: true })] : []),
    ...(acts.skip ? [page("skip", ["s"], acts.skip)] : []),
    ...(acts.reject ? [page("reject_item", ["Shift+S"], acts.reject)] : []),
    ...(acts.flag ? [page("flag", ["f"], acts.flag)] : []),
    page("repeat", ["="], () => acts.repeat?.(), { isEnabled: () => acts.repeat !== undefined }),
    page("leave", ["Escape"], () => active && document.getElementById(`question-${active.name}`)?.focus(), {
      inText: true,
    }),
  ]);
}

function page(id: string, keys: string[], run: Command["run"], given: Partial<Command> = {}): Command {
  return { id: `annotate.${id}`, keys, label: `keys.${id}`, scope: "page", run, ...given };
}

function arrowsAreFree(key: string): boolean {
  return !key.startsWith("Arrow") || !document.activeElement?.closest(OWN_ARROWS);
}
