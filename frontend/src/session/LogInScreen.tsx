import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Logo } from "../shared/Mark";
import { ThemeSwitch } from "../shared/TopBar";
import { useTitle } from "../shared/useTitle";
import { LogInForm } from "./LogInForm";
import "./session.css";

export function LogInScreen() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useTitle(t("login.submit"));
  const { next } = useSearch({ strict: false });
  return (
    <main className="log-in-screen">
      <div className="log-in-corner">
        <ThemeSwitch />
      </div>
      <div className="card">
        <h1 className="brand">
          <Logo /> milo
        </h1>
        <p className="meta">{t("login.what")}</p>
        <LogInForm onDone={() => navigate({ href: next ?? "/" })} />
      </div>
    </main>
  );
}
