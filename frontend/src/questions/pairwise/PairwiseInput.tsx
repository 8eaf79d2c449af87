/** Two texts side by side as A and B, and the verdict under them; nothing says which is whose. */
import { useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PairwiseQuestion } from "../../api/types";
import { CommandKey } from "../../shared/Kbd";
import { type Command, useCommands } from "../../shared/keys";
import { Mark } from "../../shared/Mark";
import { Switch } from "../../shared/Switch";
import { areArrowsFree } from "../arrows";
import { FieldContent } from "../FieldContent";
import { letterAt } from "../in_words";
import { ItemContext, type KindProps } from "../kind";
import "../comparing.css";
import { chosenVerdict, isAboutTheSame, type Preference, sidesOf, tiesOf } from "./pairwise";

const LEFT = "pairwise.left";
const RIGHT = "pairwise.right";
const TIE_KEYS: Record<string, { id: string; key: string }> = {
  tie: { id: "pairwise.tie", key: "ArrowDown" },
  both_good: { id: "pairwise.both_good", key: "ArrowUp" },
  both_bad: { id: "pairwise.both_bad", key: "ArrowDown" },
};

export default function PairwiseInput(props: KindProps<PairwiseQuestion>) {
  const { question, marks, isActive, onPick } = props;
  const { t } = useTranslation();
  const { orders, questions, hasKeys } = useContext(ItemContext);
  const [isApart, setApart] = useState(false);
  const isShownAbove = questions
    .slice(0, Math.max(0, questions.indexOf(question)))
    .some((other) => isAboutTheSame(other, question));
  const sides = sidesOf(question, orders[question.name]);
  const ties = tiesOf(question);
  const chosen = chosenVerdict(question, marks);
  const [a, b] = sides.map(({ verdict }) => verdict) as [Preference, Preference];
  const isMirrored = document.dir === "rtl"; // A stands at the start, which is then the right
  const keys: [Preference, string, string][] = [
    [isMirrored ? b : a, LEFT, "ArrowLeft"],
    [isMirrored ? a : b, RIGHT, "ArrowRight"],
    ...ties.map((tie): [Preference, string, string] => [
      tie,
      TIE_KEYS[tie]?.id ?? "",
      TIE_KEYS[tie]?.key ?? "",
    ]),
  ];
  useCommands(
    isActive && hasKeys
      ? keys.map(
          ([verdict, id, key]): Command => ({
            id,
            keys: [key],
            label: `keys.${id.replace(".", "_")}`,
            scope: "form",
            isEnabled: areArrowsFree,
            run: () => onPick(verdict),
          }),
        )
      : [],
  );
  const commandOf = (verdict: Preference) => keys.find(([other]) => other === verdict)?.[1] ?? "";
  const verdicts: [Preference, string][] = [
    [a, letterAt(0)],
    ...ties.map((tie): [Preference, string] => [tie, t(`compare.${tie}`)]),
    [b, letterAt(1)],
  ];
  return (
    <div className="compared" data-apart={isApart || undefined}>
      {!isShownAbove && (
        <div className="sides">
          {sides.map(({ field, verdict }, place) => (
            <div key={field} className="side-by-side card" data-chosen={verdict === chosen || undefined}>
              <header>
                <b className="letter">{letterAt(place)}</b>
              </header>
              <div
                role="group"
                className="compared-text"
                tabIndex={isApart ? 0 : undefined}
                aria-label={t("compare.text", { letter: letterAt(place) })}
              >
                <FieldContent field={field} title={letterAt(place)} />
              </div>
            </div>
          ))}
        </div>
      )}
      <div className="verdict-bar">
        <div className="verdicts" role="radiogroup" aria-labelledby={`legend-${question.name}`}>
          {verdicts.map(([verdict, words]) => (
            <label key={verdict} data-chosen={verdict === chosen || undefined}>
              <input
                type="radio"
                className="pick"
                name={`verdict-${question.name}`}
                checked={verdict === chosen}
                onChange={() => onPick(verdict)}
              />
              <span>{words}</span>
              {verdict === chosen ? (
                <span className="tag h">
                  <Mark of="person" /> <span className="vh">{t("annotate.standing.you")}</span>
                </span>
              ) : (
                isActive && <CommandKey id={commandOf(verdict)} />
              )}
            </label>
          ))}
        </div>
        {!isShownAbove && (
          <Switch isOn={isApart} onChange={setApart}>
            {t("compare.apart")}
          </Switch>
        )}
      </div>
      <p className="vh" role="status">
        {verdicts.find(([verdict]) => verdict === chosen)?.[1]}
      </p>
    </div>
  );
}
