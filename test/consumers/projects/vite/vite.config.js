import { defineConfig } from "vite";

const { PARTNER_URL, PARTNER_TOKEN, HUB_URL } = process.env;

export default defineConfig({
  // A browser has no environment: what the README reads is written into the bundle.
  define: { "process.env.PARTNER_URL": JSON.stringify(PARTNER_URL), "process.env.PARTNER_TOKEN": JSON.stringify(PARTNER_TOKEN) },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  // The hub on the page's own origin: it allows no other.
  preview: { proxy: { "/hub": { target: HUB_URL ?? "", rewrite: (path) => path.slice("/hub".length) } } },
});
