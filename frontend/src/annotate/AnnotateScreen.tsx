import { useTranslation } from "react-i18next";

export function AnnotateScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("home.annotate")}</h1>
      </div>
    </main>
  );
}
