import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: fileURLToPath(import.meta.resolve("@codegames/database/setup")),
    // Processes that write one pact at the same time lose interactions without an error:
    // https://github.com/pact-foundation/pact-js/issues/599
    fileParallelism: false,
    env: { PACT_DO_NOT_TRACK: "true" },
    testTimeout: 60_000,
  },
});
