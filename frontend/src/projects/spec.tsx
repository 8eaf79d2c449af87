/** The whole specification of a project, for the screens that edit it: read before they open, read again once saved. */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { readSpec } from "../api/researcher";
import type { Project, ProjectSpec } from "../api/types";
import { ErrorNote } from "../shared/ErrorNote";
import { useCommands } from "../shared/keys";
import { showToast } from "../shared/toast";
import { useProject } from "./useProject";

const specQuery = (slug: string) =>
  queryOptions({ queryKey: ["spec", slug], queryFn: () => readSpec(slug), staleTime: 0 });

interface Props {
  /** Of the screen, for those who cannot see that it is not there yet. */
  title: string;
  children: (project: Project, spec: ProjectSpec) => ReactNode;
}

/** The screen once the specification is there; the reason when it cannot be read. */
export function WithSpec({ title, children }: Props) {
  const project = useProject();
  const spec = useQuery(specQuery(project.slug));
  if (spec.data) return children(project, spec.data);
  return (
    <main className="screen" id="main" tabIndex={-1}>
      <h1 className="vh">{title}</h1>
      <ErrorNote error={spec.error} onRetry={() => void spec.refetch()} />
    </main>
  );
}

/** Sends the changes, takes what stands now, and has read anew what else depends on it. */
export function useSaveSpec(
  slug: string,
  send: () => Promise<unknown>,
  take: (now: ProjectSpec) => void,
  dependent: readonly string[] = [],
) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: async () => {
      take(await queries.fetchQuery(specQuery(slug)));
      for (const key of ["project", ...dependent]) await queries.invalidateQueries({ queryKey: [key, slug] });
      showToast(t("builder.saved"));
    },
  });
}

/** Ctrl+S, also while one writes. */
export function useSaveKey(
  screen: "builder" | "rubric" | "assistant",
  isChanged: boolean,
  save: ReturnType<typeof useSaveSpec>,
): void {
  useCommands([
    {
      id: `${screen}.save`,
      keys: ["Ctrl+s"],
      label: `${screen}.save`,
      scope: "page",
      inText: true,
      run: () => isChanged && !save.isPending && save.mutate(),
    },
  ]);
}
