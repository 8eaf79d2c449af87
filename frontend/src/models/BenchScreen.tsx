import { useTranslation } from "react-i18next";

export function BenchScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.models")}</h1>
      </div>
    </main>
  );
}
