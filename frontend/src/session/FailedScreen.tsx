/** A screen that could not be shown: what happened, and the way back. */
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/error";
import { Empty } from "../shared/Empty";
import { errorText } from "../shared/ErrorNote";

export function FailedScreen({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const isMissing = error instanceof ApiError && error.status === 404;
  return (
    <main className="screen">
      <Empty
        title={t(isMissing ? "failed.missing" : "failed.title")}
        action={
          <a className="btn primary" href="/">
            {t("nav.my_projects")}
          </a>
        }
      >
        {isMissing ? t("failed.missing_why") : errorText(error, t("common.no_connection"))}
      </Empty>
    </main>
  );
}
