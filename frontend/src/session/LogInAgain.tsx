import { useTranslation } from "react-i18next";
import { useSession } from "../api/session";
import { Dialog } from "../shared/Dialog";
import { LogInForm } from "./LogInForm";
import "./session.css";

/** The session ended while somebody was at work: log in here, nothing on screen is lost. */
export function LogInAgain() {
  const { t } = useTranslation();
  const { expired } = useSession();
  if (expired === null) return null;
  return (
    <Dialog title={t("login.again")} onClose={() => undefined} canClose={false}>
      <p>{t("login.again_why", { name: expired.name })}</p>
      <LogInForm
        person={expired}
        onDone={(me) => {
          if (me.id !== expired.id) location.assign("/");
        }}
      />
    </Dialog>
  );
}
