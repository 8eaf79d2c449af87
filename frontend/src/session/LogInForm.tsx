import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { logIn } from "../api/session";
import type { Me } from "../api/types";
import { Button } from "../shared/Button";
import { ErrorNote } from "../shared/ErrorNote";

/** Name and password. With `person` the name is given: somebody who logs in again in place. */
export function LogInForm({ person, onDone }: { person?: Me; onDone: (me: Me) => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      onDone(await logIn(String(form.get("login")), String(form.get("password"))));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="log-in">
      <div className="form-row">
        <label htmlFor="login">{t("login.login")}</label>
        <input
          id="login"
          name="login"
          className="field"
          autoComplete="username"
          autoCapitalize="none"
          defaultValue={person?.login}
          required
          // biome-ignore lint/a11y/noAutofocus: the one thing to do here
          autoFocus={person === undefined}
        />
      </div>
      <div className="form-row">
        <label htmlFor="password">{t("login.password")}</label>
        <input
          id="password"
          name="password"
          type="password"
          className="field"
          autoComplete="current-password"
          required
          // biome-ignore lint/a11y/noAutofocus: the one thing to do here
          autoFocus={person !== undefined}
          data-autofocus={person !== undefined || undefined}
        />
      </div>
      <ErrorNote error={error} />
      <Button type="submit" look="primary" disabled={isBusy}>
        {t("login.submit")}
      </Button>
    </form>
  );
}
