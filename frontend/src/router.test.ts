import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { createMiloRouter, SCREEN_PATHS } from "./router";

test("the list of screens names every address the router knows", () => {
  const known = Object.keys(createMiloRouter(new QueryClient()).routesByPath).map((path) =>
    path === "/" ? path : path.replace(/\/$/, ""),
  );
  expect(new Set(known)).toEqual(new Set(SCREEN_PATHS));
});
