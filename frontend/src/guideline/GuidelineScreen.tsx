import { useTranslation } from "react-i18next";

export function GuidelineScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.guideline")}</h1>
      </div>
    </main>
  );
}
