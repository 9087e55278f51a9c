import { defineConfig } from "vitest/config";

/** `CLIENT_SOURCE`: entry of another client to test, such as one with a seeded fault. */
const source = process.env["CLIENT_SOURCE"];

// The longer name first: the shorter one matches both.
const alias = source && {
  "@codegames/client/undici": source.replace(/index\.ts$/, "undici.ts"),
  "@codegames/client": source,
};

export default defineConfig({ resolve: { alias: alias || {} } });
