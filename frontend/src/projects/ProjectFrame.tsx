/** The bar and the tabs around every screen of a project but labeling. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { projectQuery } from "../api/project";
import { TopBar } from "../shared/TopBar";

export function ProjectFrame() {
  const { slug } = useParams({ strict: false }) as { slug: string };
  const { data: project } = useSuspenseQuery(projectQuery(slug));
  return (
    <div className="app">
      <TopBar project={project} />
      <Outlet />
    </div>
  );
}
