/** The project in the address, loaded before its screens are shown. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { projectQuery } from "../api/project";

export function useProject() {
  const { slug } = useParams({ strict: false }) as { slug: string };
  return useSuspenseQuery(projectQuery(slug)).data;
}

/** Researchers of the project, and administrators, who are in every project. */
export function canChange(project: { role: string }): boolean {
  return project.role === "researcher" || project.role === "admin";
}
