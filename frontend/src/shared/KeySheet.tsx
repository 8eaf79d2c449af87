/** Every key of the screen; each can be given another one, and single keys can be switched off. */
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { savePreferences } from "../api/session";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { keyName } from "./Kbd";
import { type Command, type KeyPreferences, keymap, keyOf, useKeymap } from "./keys";
import { Mark } from "./Mark";

function keep(preferences: KeyPreferences): void {
  keymap.setPreferences(preferences);
  void savePreferences({ keys: preferences });
}

export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  useKeymap();
  const [changing, change] = useState<string | null>(null);
  const [clash, setClash] = useState<Command | null>(null);
  const preferences = keymap.getPreferences();
  const commands = keymap.list().filter(({ scope, keys }) => scope !== "modal" && keys.length > 0);

  function take(id: string, event: KeyboardEvent) {
    if (["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const key = keyOf(event);
    if (key !== "Escape") {
      const other = keymap.conflict(id, key);
      setClash(other);
      if (other !== null) return;
      keep({ ...preferences, bindings: { ...preferences.bindings, [id]: [key] } });
    }
    change(null);
  }

  return (
    <Dialog
      title={t("keys.title")}
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={() => saveFile(preferences)}>{t("keys.export")}</Button>
          <ImportButton onKeys={keep} />
          <Button onClick={() => keep({ bindings: {}, single_keys: true })}>{t("keys.reset")}</Button>
        </>
      }
    >
      <label className="row">
        <input
          className="pick"
          type="checkbox"
          checked={preferences.single_keys}
          onChange={(event) => keep({ ...preferences, single_keys: event.target.checked })}
        />
        <span>{t("keys.single")}</span>
      </label>
      {clash && (
        <p className="error-text" role="alert">
          {t("keys.taken", { command: t(clash.label) })}
        </p>
      )}
      <ul className="keys">
        {commands.map((command) => (
          <li key={command.id}>
            <span className="grow">{t(command.label)}</span>
            {changing === command.id ? (
              <button
                type="button"
                className="btn sm"
                // biome-ignore lint/a11y/noAutofocus: the next key press belongs to it
                autoFocus
                onKeyDown={(event) => take(command.id, event)}
                onBlur={() => change(null)}
              >
                {t("keys.press")}
              </button>
            ) : command.isFixed ? (
              <span className="row fixed">
                <Keys command={command} />
              </span>
            ) : (
              <button
                type="button"
                className="btn quiet sm"
                aria-label={t("keys.change", { command: t(command.label) })}
                onClick={() => change(command.id)}
              >
                <Keys command={command} />
              </button>
            )}
          </li>
        ))}
      </ul>
      <p className="legend ctl">
        <span className="tag m">
          <Mark of="model" /> {t("keys.model")}
        </span>
        <span className="tag h">
          <Mark of="person" /> {t("keys.person")}
        </span>
      </p>
    </Dialog>
  );
}

function Keys({ command }: { command: Command }) {
  const { t } = useTranslation();
  const keys = keymap.keysOf(command);
  if (keys.length === 0) return <span className="meta">{t("keys.off")}</span>;
  return keys.map((key) => <kbd key={key}>{keyName(key)}</kbd>);
}

function saveFile(preferences: KeyPreferences): void {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(preferences, null, 2)], { type: "application/json" }),
  );
  const link = Object.assign(document.createElement("a"), { href: address, download: "milo-keys.json" });
  link.click();
  URL.revokeObjectURL(address);
}

function ImportButton({ onKeys }: { onKeys: (preferences: KeyPreferences) => void }) {
  const { t } = useTranslation();
  const [isBad, setBad] = useState(false);
  return (
    <label className="btn file">
      {t(isBad ? "keys.import_bad" : "keys.import")}
      <input
        className="vh"
        type="file"
        accept="application/json"
        onChange={async (event) => {
          const read = parseKeys(await event.target.files?.[0]?.text());
          setBad(read === null);
          if (read !== null) onKeys(read);
        }}
      />
    </label>
  );
}

/** A key file as it was saved; null when it is something else. */
export function parseKeys(text: string | undefined): KeyPreferences | null {
  try {
    const read: unknown = JSON.parse(text ?? "");
    if (typeof read !== "object" || read === null || !("bindings" in read)) return null;
    const { bindings, single_keys = true } = read as Partial<KeyPreferences>;
    const isSound = Object.values(bindings ?? {}).every(
      (keys) => Array.isArray(keys) && keys.every((key) => typeof key === "string"),
    );
    return isSound ? { bindings: bindings ?? {}, single_keys: single_keys !== false } : null;
  } catch {
    return null;
  }
}
