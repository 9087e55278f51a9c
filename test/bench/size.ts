import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const dist = fileURLToPath(new URL("dist/", import.meta.url));

/** Measures the bytes that a page downloads to import this code: bundled, minified, and compressed with gzip 9. */
export async function gzipSize(name: string, code: string, platform: "browser" | "node" = "browser"): Promise<number> {
  const input = `${dist}size-${name}.ts`;
  mkdirSync(dist, { recursive: true });
  writeFileSync(input, code);
  const bundle = await rolldown({ input, platform, logLevel: "silent" });
  const { output } = await bundle.generate({ minify: true });
  const minified = output.map((part) => ("code" in part ? part.code : "")).join("");
  return gzipSync(minified, { level: 9 }).length;
}

/** Bundles a generated client into one module that Node can run. */
export async function bundleFor(node: string, input: string): Promise<void> {
  const bundle = await rolldown({ input, platform: "node", logLevel: "silent", external: ["zod"] });
  await bundle.write({ file: node });
}
