import { defineConfig } from "vitest/config";

/** `CLIENT_SOURCE`: entry of another client to test, such as one with a seeded fault. */
const source = process.env["CLIENT_SOURCE"];

export default defineConfig({ resolve: { alias: source ? { "@codegames/client": source } : {} } });
