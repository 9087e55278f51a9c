import { defineConfig } from "vitest/config";

// Other programs are started here, on a machine that may be busy.
export default defineConfig({ test: { testTimeout: 60_000 } });
