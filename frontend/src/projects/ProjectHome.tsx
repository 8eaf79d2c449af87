import { useTranslation } from "react-i18next";

export function ProjectHome() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.home")}</h1>
      </div>
    </main>
  );
}
