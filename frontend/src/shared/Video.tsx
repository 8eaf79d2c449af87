/** A video of an item, played with the browser's own controls: Space plays and pauses while it has the focus. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

export function Video({ address, title }: { address: string; title: string }) {
  const { t } = useTranslation();
  const [isBroken, setBroken] = useState(false);
  if (isBroken)
    return (
      <p className="note warn">
        <Icon name="warning" /> {t("annotate.video_missing")}
      </p>
    );
  return (
    // biome-ignore lint/a11y/useMediaCaption: the recording is the item; there is nothing to caption it with
    <video
      className="video"
      src={address}
      aria-label={title}
      controls
      preload="metadata"
      onError={() => setBroken(true)}
    />
  );
}
