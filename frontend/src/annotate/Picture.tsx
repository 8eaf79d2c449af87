/** A picture of the subject; it opens large, to be zoomed by button, wheel or key. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../shared/Button";
import { Dialog } from "../shared/Dialog";
import { formatPercent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { useCommands } from "../shared/keys";

export function Picture({ address, title }: { address: string; title: string }) {
  const { t } = useTranslation();
  const [isOpen, open] = useState(false);
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return (
      <p className="note warn">
        <Icon name="warning" /> {t("annotate.picture_missing")}
      </p>
    );
  return (
    <>
      <figure className="pic">
        <button type="button" onClick={() => open(true)} aria-label={t("annotate.enlarge", { title })}>
          <img src={address} alt={title} onError={() => setBroken(true)} />
        </button>
      </figure>
      {isOpen && <Enlarged address={address} title={title} onClose={() => open(false)} />}
    </>
  );
}

const STEP = 1.25;
const MOST = 8;

function Enlarged({ address, title, onClose }: { address: string; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [scale, setScale] = useState(1);
  const zoom = (factor: number) => setScale((now) => Math.min(MOST, Math.max(1, now * factor)));
  useCommands([
    { id: "picture.in", keys: ["+", "="], scope: "modal", label: "keys.zoom_in", run: () => zoom(STEP) },
    { id: "picture.out", keys: ["-"], scope: "modal", label: "keys.zoom_out", run: () => zoom(1 / STEP) },
    { id: "picture.fit", keys: ["0"], scope: "modal", label: "keys.zoom_fit", run: () => setScale(1) },
  ]);
  return (
    <Dialog title={title} wide onClose={onClose}>
      <div className="row">
        <Button
          small
          icon="minus"
          command="picture.out"
          aria-label={t("keys.zoom_out")}
          onClick={() => zoom(1 / STEP)}
        />
        <Button
          small
          icon="plus"
          command="picture.in"
          aria-label={t("keys.zoom_in")}
          onClick={() => zoom(STEP)}
        />
        <Button small command="picture.fit" onClick={() => setScale(1)}>
          {t("keys.zoom_fit")}
        </Button>
        <span className="meta">{formatPercent(scale)}</span>
      </div>
      <div
        className="enlarged"
        tabIndex={0}
        onWheel={(event) => event.ctrlKey && zoom(event.deltaY < 0 ? STEP : 1 / STEP)}
      >
        <img src={address} alt={title} style={{ inlineSize: formatPercent(scale).replace(" ", "") }} />
      </div>
    </Dialog>
  );
}
