import { defineConfig } from "vitest/config";

// A page with a browser of its own takes longer than a unit test.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 300_000, env: { NODE_OPTIONS: "--no-warnings" } } });
