/** Every screen and its address. Researcher screens load as chunks of their own. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { AnnotateScreen } from "./annotate/AnnotateScreen";
import { OpenOutbox } from "./annotate/OpenOutbox";
import { ApiError } from "./api/error";
import { projectQuery } from "./api/project";
import { currentMe, loadMe } from "./api/session";
import { isPart, type Part } from "./assistant/parts";
import { ProjectFrame } from "./projects/ProjectFrame";
import { FailedScreen } from "./session/FailedScreen";
import { LogInAgain } from "./session/LogInAgain";
import { LogInScreen } from "./session/LogInScreen";
import { MyProjects } from "./session/MyProjects";
import { usePreferences } from "./session/usePreferences";
import { Toasts } from "./shared/toast";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Root,
  errorComponent: FailedScreen,
  notFoundComponent: () => <FailedScreen error={new ApiError(404, {})} />,
});

function Root() {
  usePreferences();
  return (
    <>
      <OpenOutbox />
      <Outlet />
      <Toasts />
      <LogInAgain />
    </>
  );
}

const logIn = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: LogInScreen,
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
});

/** Everything but the log-in: asks once who is logged in. */
const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  errorComponent: FailedScreen,
  beforeLoad: async ({ location }) => {
    if (currentMe() === null && (await loadMe()) === null)
      throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
  },
});

const home = createRoute({ getParentRoute: () => member, path: "/", component: MyProjects });
const newProject = createRoute({
  getParentRoute: () => member,
  path: "/projects/new",
  component: lazyRouteComponent(() => import("./projects/NewProject"), "NewProject"),
});
const models = createRoute({
  getParentRoute: () => member,
  path: "/models",
  component: lazyRouteComponent(() => import("./models/ModelsScreen"), "ModelsScreen"),
});
const people = createRoute({
  getParentRoute: () => member,
  path: "/people",
  component: lazyRouteComponent(() => import("./people/PeopleScreen"), "PeopleScreen"),
});
const mySettings = createRoute({
  getParentRoute: () => member,
  path: "/me",
  component: lazyRouteComponent(() => import("./people/MyScreen"), "MyScreen"),
});

/** A project, loaded before its screens. */
const project = createRoute({
  getParentRoute: () => member,
  path: "/p/$slug",
  errorComponent: FailedScreen,
  loader: ({ context, params }) => context.queries.ensureQueryData(projectQuery(params.slug)),
});
const annotate = createRoute({
  getParentRoute: () => project,
  path: "annotate",
  component: AnnotateScreen,
  validateSearch: (search: Record<string, unknown>): { reopen?: number; redo?: number } => ({
    ...(Number.isSafeInteger(search.reopen) ? { reopen: search.reopen as number } : {}),
    ...(Number.isSafeInteger(search.redo) ? { redo: search.redo as number } : {}),
  }),
});
const tryOut = createRoute({
  getParentRoute: () => project,
  path: "try",
  component: lazyRouteComponent(() => import("./annotate/TryScreen"), "TryScreen"),
});

const review = createRoute({
  getParentRoute: () => project,
  path: "review",
  component: lazyRouteComponent(() => import("./review/ReviewScreen"), "ReviewScreen"),
  validateSearch: (search: Record<string, unknown>): { assignment?: number } =>
    Number.isSafeInteger(search.assignment) ? { assignment: search.assignment as number } : {},
});

const feedback = createRoute({
  getParentRoute: () => project,
  path: "feedback",
  component: lazyRouteComponent(() => import("./feedback/FeedbackScreen"), "FeedbackScreen"),
  validateSearch: (search: Record<string, unknown>): { assignment?: number } =>
    Number.isSafeInteger(search.assignment) ? { assignment: search.assignment as number } : {},
});

/** Screens of a project under its bar and tabs. */
const frame = createRoute({ getParentRoute: () => project, id: "frame", component: ProjectFrame });
const projectHome = createRoute({
  getParentRoute: () => frame,
  path: "/",
  component: lazyRouteComponent(() => import("./projects/ProjectHome"), "ProjectHome"),
});
const mine = createRoute({
  getParentRoute: () => frame,
  path: "mine",
  component: lazyRouteComponent(() => import("./annotate/MineScreen"), "MineScreen"),
});
const importing = createRoute({
  getParentRoute: () => frame,
  path: "import",
  component: lazyRouteComponent(() => import("./projects/ImportScreen"), "ImportScreen"),
});
const data = createRoute({
  getParentRoute: () => frame,
  path: "data",
  component: lazyRouteComponent(() => import("./data/ItemTable"), "ItemTable"),
  validateSearch: (search: Record<string, unknown>): { state?: string; q?: string; cursor?: string } => ({
    state: search.state ? String(search.state) : undefined,
    q: search.q ? String(search.q) : undefined,
    cursor: search.cursor ? String(search.cursor) : undefined,
  }),
});
/** The record opens beside the table, so it lies inside it. */
const record = createRoute({
  getParentRoute: () => data,
  path: "$itemId",
  component: lazyRouteComponent(() => import("./data/ItemRecord"), "ItemRecord"),
});
const guideline = createRoute({
  getParentRoute: () => frame,
  path: "guideline",
  component: lazyRouteComponent(() => import("./guideline/GuidelineScreen"), "GuidelineScreen"),
});
const rubric = createRoute({
  getParentRoute: () => frame,
  path: "rubric",
  component: lazyRouteComponent(() => import("./rubric/RubricScreen"), "RubricScreen"),
});
const judge = createRoute({
  getParentRoute: () => frame,
  path: "judge",
  component: lazyRouteComponent(() => import("./judge/JudgeScreen"), "JudgeScreen"),
  validateSearch: (search: Record<string, unknown>): { judge?: number } =>
    Number.isSafeInteger(search.judge) ? { judge: search.judge as number } : {},
});
const assistant = createRoute({
  getParentRoute: () => frame,
  path: "assistant",
  component: lazyRouteComponent(() => import("./assistant/AssistantScreen"), "AssistantScreen"),
  validateSearch: (search: Record<string, unknown>): { part?: Part } =>
    isPart(search.part) ? { part: search.part } : {},
});
const bench = createRoute({
  getParentRoute: () => frame,
  path: "models",
  component: lazyRouteComponent(() => import("./models/BenchScreen"), "BenchScreen"),
});
const inquiries = createRoute({
  getParentRoute: () => frame,
  path: "inquiries",
  component: lazyRouteComponent(() => import("./projects/InquiriesScreen"), "InquiriesScreen"),
});
const members = createRoute({
  getParentRoute: () => frame,
  path: "people",
  component: lazyRouteComponent(() => import("./people/MembersScreen"), "MembersScreen"),
});
const exporting = createRoute({
  getParentRoute: () => frame,
  path: "export",
  component: lazyRouteComponent(() => import("./projects/ExportScreen"), "ExportScreen"),
});

const tree = root.addChildren([
  logIn,
  member.addChildren([
    home,
    newProject,
    models,
    people,
    mySettings,
    project.addChildren([
      annotate,
      tryOut,
      review,
      feedback,
      frame.addChildren([
        projectHome,
        mine,
        importing,
        data.addChildren([record]),
        guideline,
        rubric,
        judge,
        assistant,
        bench,
        inquiries,
        members,
        exporting,
      ]),
    ]),
  ]),
]);

export function createMiloRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

/** The addresses of all screens, for tests that walk them. */
export const SCREEN_PATHS = [
  "/login",
  "/",
  "/projects/new",
  "/models",
  "/people",
  "/me",
  "/p/$slug",
  "/p/$slug/annotate",
  "/p/$slug/try",
  "/p/$slug/review",
  "/p/$slug/feedback",
  "/p/$slug/mine",
  "/p/$slug/import",
  "/p/$slug/data",
  "/p/$slug/data/$itemId",
  "/p/$slug/guideline",
  "/p/$slug/rubric",
  "/p/$slug/judge",
  "/p/$slug/assistant",
  "/p/$slug/models",
  "/p/$slug/inquiries",
  "/p/$slug/people",
  "/p/$slug/export",
] as const;

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createMiloRouter>;
  }
}
