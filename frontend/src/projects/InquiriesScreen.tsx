import { useTranslation } from "react-i18next";

export function InquiriesScreen() {
  const { t } = useTranslation();
  return (
    <main className="screen">
      <div className="inner">
        <h1 className="title">{t("nav.inquiries")}</h1>
      </div>
    </main>
  );
}
