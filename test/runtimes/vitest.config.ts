import { defineConfig } from "vitest/config";

// Starting a runtime takes longer than a unit test; unpacking Chromium takes longer still.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 60_000 } });
