/** The bar over every screen but labeling: where one is, the project's tabs, oneself. */
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Unsent } from "../annotate/Unsent";
import { logOut, useMe } from "../api/session";
import type { Project } from "../api/types";
import { Button } from "./Button";
import { initials } from "./format";
import { Logo } from "./Mark";
import { MyTabs } from "./MyTabs";
import { switchTheme } from "./theme";

const TABS = [
  { to: "/p/$slug", name: "home", auditor: true, exact: true },
  { to: "/p/$slug/data", name: "data", auditor: true, exact: false },
  { to: "/p/$slug/review", name: "review", auditor: true, exact: false },
  { to: "/p/$slug/guideline", name: "guideline", auditor: false, exact: false },
  { to: "/p/$slug/rubric", name: "rubric", auditor: false, exact: false },
  { to: "/p/$slug/judge", name: "judge", auditor: false, exact: false },
  { to: "/p/$slug/assistant", name: "assistant", auditor: false, exact: false },
  { to: "/p/$slug/models", name: "models", auditor: false, exact: false },
  { to: "/p/$slug/inquiries", name: "inquiries", auditor: true, exact: false },
  { to: "/p/$slug/people", name: "people", auditor: false, exact: false },
  { to: "/p/$slug/export", name: "export", auditor: false, exact: false },
] as const;

export function TopBar({
  project,
  children,
}: {
  project?: Pick<Project, "name" | "slug" | "role">;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <header className="top">
      <Brand />
      {project && (
        <>
          <span className="sep" />
          <span className="crumb" dir="auto">
            {project.name}
          </span>
          {project.role === "annotator" && <MyTabs slug={project.slug} />}
          {project.role !== "annotator" && (
            <nav className="tabs" aria-label={t("nav.project")}>
              {TABS.filter((tab) => project.role !== "auditor" || tab.auditor).map((tab) => (
                <Link
                  key={tab.name}
                  to={tab.to}
                  params={{ slug: project.slug }}
                  activeOptions={{ exact: tab.exact }}
                  activeProps={{ "aria-current": "page" }}
                >
                  {t(`nav.${tab.name}`)}
                </Link>
              ))}
            </nav>
          )}
        </>
      )}
      <span className="grow" />
      {children}
      <Unsent />
      <ThemeSwitch />
      <PersonMenu />
    </header>
  );
}

export function Brand() {
  const { t } = useTranslation();
  return (
    <Link className="brand" to="/" aria-label={t("nav.brand")}>
      <Logo /> milo
    </Link>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  return <Button look="quiet" icon="theme" aria-label={t("nav.theme")} onClick={switchTheme} />;
}

export function PersonMenu({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  return (
    <>
      <button
        type="button"
        className="person"
        popoverTarget="person-menu"
        aria-label={t("nav.signed_in_as", { name: me.name })}
      >
        <span className="avatar" aria-hidden="true">
          {initials(me.name)}
        </span>
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a key on a link in it is a click, too */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only hears what happens to the links in it */}
      <div
        id="person-menu"
        className="menu"
        popover="auto"
        onClick={({ target, currentTarget }) => {
          if ((target as Element).closest("a")) currentTarget.hidePopover();
        }}
      >
        <span className="meta" style={{ padding: "6px 11px" }} dir="auto">
          {me.name}
        </span>
        {children}
        <Link className="btn quiet" to="/">
          {t("nav.my_projects")}
        </Link>
        <Link className="btn quiet" to="/me">
          {t("nav.my_settings")}
        </Link>
        {(me.is_admin || me.role === "researcher") && (
          <Link className="btn quiet" to="/models">
            {t("nav.all_models")}
          </Link>
        )}
        {me.is_admin && (
          <Link className="btn quiet" to="/people">
            {t("nav.all_people")}
          </Link>
        )}
        <Button
          look="quiet"
          onClick={async () => {
            await navigate({ to: "/login" }); // first, so that the screen gives its tasks back
            await logOut();
          }}
        >
          {t("nav.log_out")}
        </Button>
      </div>
    </>
  );
}
