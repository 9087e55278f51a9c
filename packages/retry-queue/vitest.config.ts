import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globalSetup: fileURLToPath(import.meta.resolve("@codegames/database/setup")), testTimeout: 60_000 },
});
