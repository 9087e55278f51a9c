import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const dist = fileURLToPath(new URL("dist/", import.meta.url));

/** What a page that imports this code downloads: bundled, minified, and compressed with gzip 9; in bytes. */
export async function gzipSize(name: string, code: string, platform: "browser" | "node" = "browser"): Promise<number> {
  const input = `${dist}size-${name}.ts`;
  writeFileSync(input, code);
  const bundle = await rolldown({ input, platform, logLevel: "silent" });
  const { output } = await bundle.generate({ minify: true });
  return gzipSync(output.map((part) => ("code" in part ? part.code : "")).join(""), { level: 9 }).length;
}

/** A generated client as one module that Node can run. */
export async function bundleFor(node: string, input: string): Promise<void> {
  const bundle = await rolldown({ input, platform: "node", logLevel: "silent", external: ["zod"] });
  await bundle.write({ file: node });
}
