/** What a person sets for themselves: theme, size of texts, single keys, and keys for programs. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { addKey, readKeys, revokeKey } from "../api/researcher";
import { savePreferences, useMe } from "../api/session";
import "../locales/researcher";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";
import { FormRow } from "../shared/FormRow";
import { formatMoment } from "../shared/format";
import { keymap } from "../shared/keys";
import "../shared/researcher.css";
import { Switch } from "../shared/Switch";
import { TopBar } from "../shared/TopBar";
import { currentTheme, setTheme, type Theme } from "../shared/theme";
import { showToast } from "../shared/toast";

const THEMES: Theme[] = ["system", "light", "dark"];

export function MyScreen() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <div className="app">
      <TopBar />
      <main className="screen" id="main" tabIndex={-1}>
        <div className="inner narrow">
          <h1 className="title" dir="auto">
            {me.name}
          </h1>
          <p className="meta">
            <span className="mono">{me.login}</span> · {t(`roles.${me.role}`)}
            {me.organisation && ` · ${me.organisation}`}
          </p>
          <Looks />
          <Keys />
        </div>
      </main>
    </div>
  );
}

function Looks() {
  const { t } = useTranslation();
  const me = useMe();
  const [theme, chooseTheme] = useState<Theme>(currentTheme());
  const keys = me.preferences.keys ?? keymap.getPreferences();
  return (
    <section className="card" aria-labelledby="looks">
      <header>
        <h2 id="looks">{t("people.preferences")}</h2>
      </header>
      <div className="pad">
        <fieldset className="stack">
          <legend className="ctl q">{t("people.theme")}</legend>
          <div className="seg soft">
            {THEMES.map((each) => (
              <label key={each}>
                <input
                  type="radio"
                  name="theme"
                  checked={theme === each}
                  onChange={() => {
                    chooseTheme(each);
                    setTheme(each);
                    void savePreferences({ theme: each });
                  }}
                />
                {t(`people.theme_${each}`)}
              </label>
            ))}
          </div>
        </fieldset>
        <FormRow label={t("people.text_size")} help={t("people.text_size_help")}>
          {(tied) => (
            <select
              className="field"
              {...tied}
              value={me.preferences.text_size ?? 15}
              onChange={(event) => void savePreferences({ text_size: Number(event.target.value) })}
            >
              {[14, 15, 16, 18, 20, 22].map((size) => (
                <option key={size} value={size}>
                  {t("people.pixels", { size })}
                </option>
              ))}
            </select>
          )}
        </FormRow>
        <Switch
          isOn={keys.single_keys}
          onChange={(single_keys) => {
            const changed = { ...keys, single_keys };
            keymap.setPreferences(changed);
            void savePreferences({ keys: changed });
          }}
        >
          {t("people.single_keys")}
        </Switch>
        <p className="meta">{t("people.single_keys_help")}</p>
      </div>
    </section>
  );
}

function Keys() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const keys = useQuery({ queryKey: ["keys"], queryFn: readKeys });
  const [name, setName] = useState("");
  const refresh = () => queries.invalidateQueries({ queryKey: ["keys"] });
  const add = useMutation({
    mutationFn: () => addKey(name.trim()),
    onSuccess: () => {
      setName("");
      void refresh();
    },
  });
  const revoke = useMutation({ mutationFn: revokeKey, onSuccess: refresh });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) add.mutate();
  };
  return (
    <section className="card" aria-labelledby="keys">
      <header>
        <h2 id="keys">{t("people.keys")}</h2>
        <span className="meta">{t("people.keys_what")}</span>
      </header>
      <div className="pad">
        <ErrorNote error={keys.error ?? add.error ?? revoke.error} />
        {add.data && (
          <div className="note warn" role="status">
            <div className="stack grow">
              <p>{t("people.key_once", { name: add.data.name })}</p>
              <p className="row">
                <code className="mono key">{add.data.key}</code>
                <Button
                  small
                  icon="copy"
                  onClick={() =>
                    void navigator.clipboard
                      ?.writeText(add.data.key)
                      .then(() => showToast(t("people.copied")))
                  }
                >
                  {t("people.copy")}
                </Button>
              </p>
            </div>
          </div>
        )}
        {keys.data && keys.data.length > 0 ? (
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t("people.key_name")}</th>
                <th scope="col">{t("people.made")}</th>
                <th scope="col">
                  <span className="vh">{t("people.actions")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.data.map((key) => (
                <tr key={key.id}>
                  <th scope="row" dir="auto">
                    {key.name}
                  </th>
                  <td>{formatMoment(key.created_at)}</td>
                  <td>
                    <div className="actions end">
                      <Button look="quiet" small onClick={() => revoke.mutate(key.id)}>
                        {t("people.revoke")}
                        <span className="vh"> {key.name}</span>
                      </Button>
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <p className="meta">{t("people.no_keys")}</p>
        )}
        <form className="row" onSubmit={submit}>
          <input
            className="field"
            aria-label={t("people.key_name")}
            placeholder={t("people.key_name_example")}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={add.isPending || name.trim() === ""}>
            {t("people.make_key")}
          </Button>
        </form>
      </div>
    </section>
  );
}
