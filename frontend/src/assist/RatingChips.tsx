/** What a person thinks of a thing a model made: helpful, or what is wrong with it; a second press takes it back. */
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Complaint } from "../api/types";
import { Icon } from "../shared/Icon";
import { showToast } from "../shared/toast";
import "../locales/assist";
import "./assist.css";
import type { Said } from "./types";

export const COMPLAINTS: readonly Complaint[] = ["wrong", "made_up", "too_long", "off_guideline"];

interface Props {
  /** What is asked, for those who do not see what it stands under. */
  label: string;
  said: Said;
  complaints?: readonly Complaint[];
  /** Many stand below each other: without frames. */
  isQuiet?: boolean;
  /** Shows it at once; refused when it could not be stored. */
  onSay: (said: Said) => Promise<unknown>;
}

export function RatingChips({ label, said, complaints = COMPLAINTS, isQuiet = false, onSay }: Props) {
  const { t } = useTranslation();
  const say = (next: Said) => void onSay(next).catch(() => showToast(t("assist.rating.not_stored")));
  const isUp = said?.thumb === "up";
  const press = (complaint: Complaint) => {
    const had = said?.complaints ?? [];
    const has = had.includes(complaint) ? had.filter((other) => other !== complaint) : [...had, complaint];
    say(has.length === 0 ? null : { thumb: "down", complaints: has, note: said?.note ?? "" });
  };
  return (
    <div className={isQuiet ? "chips quiet" : "chips"} role="group" aria-label={label}>
      <Chip
        isPressed={isUp}
        label={t("assist.rating.helpful")}
        onPress={() => say(isUp ? null : { thumb: "up", complaints: [], note: "" })}
      />
      {complaints.map((complaint) => (
        <Chip
          key={complaint}
          isPressed={said?.complaints.includes(complaint) ?? false}
          label={t(`assist.rating.${complaint}`)}
          onPress={() => press(complaint)}
        />
      ))}
      {said?.thumb === "down" && <Note note={said.note} onNote={(note) => say({ ...said, note })} />}
    </div>
  );
}

function Chip({ isPressed, label, onPress }: { isPressed: boolean; label: string; onPress: () => void }) {
  return (
    <button type="button" className="btn soft sm" aria-pressed={isPressed} onClick={onPress}>
      {isPressed && <Icon name="check" small />}
      {label}
    </button>
  );
}

/** Why; kept when it is left, with Enter, and when it goes away. */
function Note({ note, onNote }: { note: string; onNote: (note: string) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [text, setText] = useState(note);
  const newest = useRef({ text, note, onNote });
  newest.current = { text, note, onNote };
  const keep = () => {
    const { text, note, onNote } = newest.current;
    if (text.trim() !== note) onNote(text.trim());
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it goes away
  useEffect(() => () => keep(), []);
  return (
    <div className="rating-note">
      <label htmlFor={id} className="meta">
        {t("assist.rating.note")}
      </label>
      <input
        id={id}
        className="field"
        dir="auto"
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (!event.ctrlKey && !event.metaKey) keep();
        }}
      />
    </div>
  );
}
