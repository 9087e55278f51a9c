import { gzipSync } from "node:zlib";
import { build } from "esbuild";
const r = await build({
  stdin: { contents: `export { createClient } from "@codegames/client";`, resolveDir: process.cwd() },
  bundle: true,
  minify: true,
  format: "esm",
  write: false,
  metafile: true,
  platform: "browser",
});
const out = Object.values(r.metafile.outputs)[0];
for (const [f, { bytesInOutput }] of Object.entries(out.inputs).sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput))
  console.log(bytesInOutput, f);
console.log(r.outputFiles[0].contents.length, gzipSync(r.outputFiles[0].contents, { level: 9 }).length);
