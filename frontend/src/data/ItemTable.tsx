import { useTranslation } from "react-i18next";

export function ItemTable() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.data")}</h1>
      </div>
    </main>
  );
}
