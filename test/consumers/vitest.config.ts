import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./setup.ts",
    testTimeout: 120_000,
    hookTimeout: 240_000,
    disableConsoleIntercept: true,
    maxWorkers: 2,
  },
});
