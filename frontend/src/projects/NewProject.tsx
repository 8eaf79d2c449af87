import { useTranslation } from "react-i18next";

export function NewProject() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("home.new_project")}</h1>
      </div>
    </main>
  );
}
