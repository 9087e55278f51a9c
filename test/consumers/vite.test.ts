import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import getPort from "get-port";
import { expect, inject, test } from "vitest";
import { Project } from "./project.ts";
import { readConsole } from "./read-console.ts";
import { quickstart } from "./readme-code.ts";

test("Vite builds the quickstart for browsers with nothing of Node, and the page buys", async () => {
  const project = new Project("vite", inject("folder"));
  await project.install(inject("tarballs"));
  project.write("quickstart.ts", quickstart);

  const port = await getPort();
  const environment = {
    HUB_URL: inject("sandboxUrl"),
    PARTNER_URL: `http://127.0.0.1:${port}/hub`,
    PARTNER_TOKEN: "sandbox",
  };
  // Vite warns "externalized for browser compatibility" when a bundle imports a module of Node.
  expect(await project.run("sh", ["-c", "node_modules/.bin/vite build --logLevel warn 2>&1"], environment)).toBe("");

  const assets = join(project.folder, "dist/assets");
  const bundle = readdirSync(assets)
    .map((file) => readFileSync(join(assets, file), "utf8"))
    .join("\n");
  // The client and openapi-fetch only test whether they run on Node's own fetch.
  const others = bundle
    .replace(/\b\w+\.process\?\.versions\?\.undici/, "")
    .replace(/\{process:\w+,navigator:\w+\}/, "")
    .replace(/typeof process\b.{0,120}?process\.versions\.undici/, "");
  expect(others.match(/.{0,30}\b(?:process|Buffer|global|require|setImmediate|__dirname)\b.{0,30}/g)).toBeNull();
  const imported = [...bundle.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*["']([^"']+)["']/g)].map(
    ([, name = ""]) => name,
  );
  expect(imported.filter(isBuiltin)).toEqual([]);

  await project.serve(
    port,
    "node_modules/.bin/vite",
    ["preview", "--host", "127.0.0.1", "--port", String(port), "--strictPort"],
    environment,
    async () => {
      expect(await readConsole(`http://127.0.0.1:${port}/`)).toMatch(/^deliver [\w-]+$/);
    },
  );
});
