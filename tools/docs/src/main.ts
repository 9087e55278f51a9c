import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { runCommand, wholeNumber } from "@codegames/command-line";

const help = `docs: builds the site, English and Russian, and serves it on loopback until Ctrl-C

  npm run docs -- [--out FOLDER] [--port PORT] [--build-only]

  --out FOLDER   folder to write: new, or an earlier site, which is replaced (default: site)
  --port PORT    preferred port, 1 to 65535; if it is in use, the next free one (default: 4030)
  --build-only   build and exit; the files open from disk, and from any web server under any path
  --help         print this text
`;

process.exitCode = await runCommand({
  name: "docs",
  call: "npm run docs --",
  help,
  node: "24",
  options: {
    out: { type: "string", default: fileURLToPath(new URL("../../../site/", import.meta.url)) },
    port: { type: "string", default: "4030" },
    "build-only": { type: "boolean", default: false },
  },
  async run({ out, port, "build-only": isBuildOnly }) {
    const preferred = wholeNumber("--port", port, 1, 65_535);
    const { buildSite } = await import("./build.ts");
    const startedAt = performance.now();
    await buildSite(out, (line) => console.log(`docs: ${line}`));
    console.log(`docs: written to ${out} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    if (!isBuildOnly) await serve(out, preferred);
  },
});

async function serve(folder: string, preferred: number): Promise<void> {
  const { default: getPort, portNumbers } = await import("get-port");
  const { default: sirv } = await import("sirv");
  const port = await getPort({ port: portNumbers(preferred, Math.min(preferred + 99, 65_535)), host: "127.0.0.1" });
  const server = createServer(sirv(folder, { dev: true }));
  server.listen(port, "127.0.0.1", () => {
    console.log(`\nServing the site on http://127.0.0.1:${port}/; Ctrl-C ends it`);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}
