import { useTranslation } from "react-i18next";

export function PeopleScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.all_people")}</h1>
      </div>
    </main>
  );
}
