import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const dist = fileURLToPath(new URL("dist/", import.meta.url));

/** The size of code that a page or a function loads: bundled, minified, and compressed with gzip 9; in bytes. */
export async function gzipSize(name: string, code: string): Promise<number> {
  mkdirSync(dist, { recursive: true });
  const input = `${dist}${name}.js`;
  writeFileSync(input, code);
  const bundle = await rolldown({
    input,
    platform: name.startsWith("server") ? "node" : "browser",
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ minify: true });
  return gzipSync(output.map((part) => ("code" in part ? part.code : "")).join(""), { level: 9 }).length;
}
