/** Two drafts side by side, with what stands in one of them alone. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "../api/types";
import { difference, isSame, type Piece } from "../review/difference";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { Mark } from "../shared/Mark";

interface Props {
  /** Two at least, in order. */
  drafts: readonly Draft[];
  onInsert: (draft: Draft) => void;
  onClose: () => void;
}

export function Compare({ drafts, onInsert, onClose }: Props) {
  const { t } = useTranslation();
  const [chosen, choose] = useState(() => drafts.slice(-2).map(({ id }) => id));
  const [left, right] = [0, 1].map((side) => drafts.find(({ id }) => id === chosen[side]));
  const pieces = useMemo(() => difference(left?.text ?? "", right?.text ?? ""), [left, right]);
  const sides = [
    { draft: left, without: "added", label: t("assist.compare.left") },
    { draft: right, without: "removed", label: t("assist.compare.right") },
  ] as const;
  return (
    <Dialog
      wide
      title={t("assist.compare.title")}
      onClose={onClose}
      actions={
        <Button look="primary" onClick={onClose}>
          {t("assist.compare.close")}
        </Button>
      }
    >
      <p className="meta">{t(isSame(pieces) ? "assist.compare.same" : "assist.compare.legend")}</p>
      <div className="compared">
        {sides.map(({ draft, without, label }, side) => (
          <section key={without} className="box model done" aria-label={label}>
            <header>
              <Mark of="model" />
              {drafts.length > 2 ? (
                <select
                  className="field"
                  aria-label={label}
                  value={draft?.id}
                  onChange={(event) =>
                    choose(chosen.map((id, at) => (at === side ? Number(event.target.value) : id)))
                  }
                >
                  {drafts.map(({ id, number }) => (
                    <option key={id} value={id}>
                      {t("assist.draft.name", { number })}
                    </option>
                  ))}
                </select>
              ) : (
                <h3>{t("assist.draft.name", { number: draft?.number })}</h3>
              )}
              <span className="grow" />
              {draft && (
                <Button small icon="download" className="on-model" onClick={() => onInsert(draft)}>
                  {t("assist.draft.insert_all")}
                </Button>
              )}
            </header>
            <p className="plain words" dir="auto">
              {pieces
                .filter(({ change }) => change !== without)
                .map((piece, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pieces are told apart by their place alone
                  <Compared key={place} piece={piece} />
                ))}
            </p>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Compared({ piece: { text, change } }: { piece: Piece }) {
  return change === "same" ? text : <mark className="only">{text}</mark>;
}
