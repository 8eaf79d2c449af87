/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

/** MILO_SERVER names the server that `npm run dev` passes /api on to. */
const { MILO_SERVER = "http://127.0.0.1:8000" } = loadEnv("", ".", "MILO_");

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/milo/web/static",
    emptyOutDir: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0, // data: URLs in scripts are against the server's content policy
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { "/api": MILO_SERVER } },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://milo.test/" } },
    setupFiles: "src/setup.test.ts",
    include: ["src/**/*.test.{ts,tsx}"],
    exclude: ["src/setup.test.ts"],
    maxWorkers: 2,
    isolate: false, // one page a worker instead of one a file: what a test changes, it puts back
  },
});
