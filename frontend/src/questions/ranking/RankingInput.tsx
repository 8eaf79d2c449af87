/** Several texts in order, the best first: moved by keys or buttons, tied with the one above. */
import { useContext, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RankingQuestion } from "../../api/types";
import { Button } from "../../shared/Button";
import { useCommands } from "../../shared/keys";
import { Mark } from "../../shared/Mark";
import { areArrowsFree } from "../arrows";
import { FieldContent } from "../FieldContent";
import { byLetter, rankingInWords } from "../in_words";
import { ItemContext, type KindProps } from "../kind";
import "../comparing.css";
import { moved, type Ranks, rankOf, startingRanks, tied } from "./ranking";

export default function RankingInput(props: KindProps<RankingQuestion>) {
  const { question, ranks: given, isActive, onRank } = props;
  const { t } = useTranslation();
  const { orders, hasKeys } = useContext(ItemContext);
  const order = orders[question.name] ?? question.fields;
  const ranks = given ?? startingRanks(question, order);
  const letterOf = byLetter(order);
  const list = ranks.flat();
  const [chosenField, choose] = useState<string | undefined>();
  const at = Math.max(0, list.indexOf(chosenField ?? ""));
  const chosen = list[at];
  const body = useRef<HTMLOListElement>(null);
  const pressed = useRef<string | null>(null);

  // A moved entry takes the focus of its button along.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of the order
  useLayoutEffect(() => {
    if (pressed.current === null) return;
    const button = body.current?.querySelector<HTMLButtonElement>(
      `[data-chosen] [data-act="${pressed.current}"]`,
    );
    if (button?.disabled === false) button.focus();
    else body.current?.querySelector<HTMLElement>("[data-chosen]")?.focus();
    pressed.current = null;
  }, [given]);

  const rank = (field: string | undefined, change: (ranks: Ranks, field: string) => Ranks) => {
    if (field === undefined) return;
    choose(field);
    onRank(change(ranks, field));
  };
  const goTo = (place: number) => {
    choose(list[place]);
    body.current?.querySelectorAll<HTMLElement>(":scope > li")[place]?.focus();
  };
  const up = (by: Ranks, field: string) => moved(by, field, -1);
  const down = (by: Ranks, field: string) => moved(by, field, 1);
  const command = (id: string, keys: string[], run: () => void, isEnabled = (_: string) => true) => ({
    id: `ranking.${id}`,
    keys,
    label: `keys.ranking_${id}`,
    scope: "form" as const,
    isEnabled: (key: string) => areArrowsFree(key) && isEnabled(key),
    run,
  });
  useCommands(
    isActive && hasKeys
      ? [
          command(
            "next",
            ["j", "ArrowDown"],
            () => goTo(at + 1),
            () => at < list.length - 1,
          ),
          command(
            "previous",
            ["k", "ArrowUp"],
            () => goTo(at - 1),
            () => at > 0,
          ),
          command("up", ["[", "Shift+ArrowUp"], () => rank(chosen, up)),
          command("down", ["]", "Shift+ArrowDown"], () => rank(chosen, down)),
          ...(question.ties ? [command("tie", ["="], () => rank(chosen, tied))] : []),
          command(
            "keep",
            ["a"],
            () => onRank(ranks),
            () => given === null,
          ),
        ]
      : [],
  );

  const words = given === null ? t("compare.not_ranked") : rankingInWords(ranks, letterOf);
  return (
    <div className="compared">
      <p className="meta ranked-words" role="status">
        {given !== null && (
          <span className="tag h">
            <Mark of="person" /> {t("annotate.standing.you")}
          </span>
        )}{" "}
        <bdi>{words}</bdi>
      </p>
      <ol className="ranked" ref={body}>
        {list.map((field, place) => {
          const letter = letterOf(field);
          const number = rankOf(ranks, field);
          const group = ranks.find((each) => each.includes(field)) ?? [];
          const isTied = group.length > 1;
          const act = (name: string, change: (ranks: Ranks, field: string) => Ranks) => ({
            "data-act": name,
            onClick: () => {
              pressed.current = name;
              rank(field, change);
            },
          });
          return (
            <li
              key={field}
              className="card"
              tabIndex={-1}
              aria-label={t(isTied ? "compare.place_tied" : "compare.place", {
                letter,
                number,
                count: list.length,
              })}
              data-chosen={field === chosen || undefined}
              data-tied={(isTied && group[0] !== field) || undefined}
              onPointerDown={() => choose(field)}
            >
              <header>
                <span className="rank" data-open={given === null || undefined} aria-hidden="true">
                  {number}
                </span>
                <b className="letter" aria-hidden="true">
                  {letter}
                </b>
                <span className="grow" />
                <Button
                  small
                  look="quiet"
                  icon="up"
                  aria-label={t("compare.better", { letter })}
                  disabled={place === 0 && !isTied}
                  {...act("up", up)}
                />
                <Button
                  small
                  look="quiet"
                  icon="down"
                  aria-label={t("compare.worse", { letter })}
                  disabled={place === list.length - 1 && !isTied}
                  {...act("down", down)}
                />
                {question.ties && (
                  <Button
                    small
                    look="quiet"
                    aria-label={t(isTied ? "compare.untie_of" : "compare.tie_of", { letter })}
                    aria-pressed={isTied}
                    disabled={place === 0 && !isTied}
                    {...act("tie", tied)}
                  >
                    {t("compare.tie_mark")}
                  </Button>
                )}
              </header>
              <div
                role="group"
                className="compared-text"
                tabIndex={0}
                aria-label={t("compare.text", { letter })}
              >
                <FieldContent field={field} title={letter} />
              </div>
            </li>
          );
        })}
      </ol>
      {given === null && (
        <p>
          <Button command={isActive ? "ranking.keep" : undefined} onClick={() => onRank(ranks)}>
            {t("compare.keep_order")}
          </Button>
        </p>
      )}
    </div>
  );
}
