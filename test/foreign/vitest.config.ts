import { defineConfig } from "vitest/config";

// Each tool generates, compiles and buys in processes of its own.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000 } });
