import { defineConfig } from "vitest/config";

// These tests start other programs, on a machine that may be busy.
export default defineConfig({ test: { testTimeout: 60_000 } });
