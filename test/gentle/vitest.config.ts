import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// One file at a time: each keeps both cores of a small machine busy with pays, and says how many there were.
export default defineConfig({
  test: {
    globalSetup: fileURLToPath(import.meta.resolve("@codegames/database/setup")),
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
  },
});
