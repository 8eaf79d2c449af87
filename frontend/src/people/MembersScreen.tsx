import { useTranslation } from "react-i18next";

export function MembersScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.people")}</h1>
      </div>
    </main>
  );
}
