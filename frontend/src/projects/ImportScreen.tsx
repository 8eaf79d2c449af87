import { useTranslation } from "react-i18next";

export function ImportScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.import")}</h1>
      </div>
    </main>
  );
}
