import { useTranslation } from "react-i18next";

export function MineScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("home.mine")}</h1>
      </div>
    </main>
  );
}
