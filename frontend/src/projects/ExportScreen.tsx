import { useTranslation } from "react-i18next";

export function ExportScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.export")}</h1>
      </div>
    </main>
  );
}
