import { defineConfig } from "vitest/config";

// Opening a page in a browser takes longer than a unit test.
export default defineConfig({
  test: { testTimeout: 60_000, hookTimeout: 300_000, env: { NODE_OPTIONS: "--no-warnings" } },
});
