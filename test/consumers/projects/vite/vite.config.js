import { defineConfig } from "vite";

const { PARTNER_URL, PARTNER_TOKEN, HUB_URL } = process.env;

export default defineConfig({
  // A browser has no environment, so Vite writes the variables of the README into the bundle.
  define: {
    "process.env.PARTNER_URL": JSON.stringify(PARTNER_URL),
    "process.env.PARTNER_TOKEN": JSON.stringify(PARTNER_TOKEN),
  },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  // The hub sends no CORS headers, so the page must reach it on its own origin.
  preview: { proxy: { "/hub": { target: HUB_URL ?? "", rewrite: (path) => path.slice("/hub".length) } } },
});
