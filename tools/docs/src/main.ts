import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import getPort, { portNumbers } from "get-port";
import sirv from "sirv";
import { buildSite } from "./build.ts";

const help = `docs: builds the site, English and Russian, and serves it on loopback until Ctrl-C

  npm run docs -- [--out FOLDER] [--port PORT] [--build-only]

  --out FOLDER   folder to write: new, or an earlier site, which is replaced (default: site)
  --port PORT    preferred port, 1 to 65535; if it is in use, the next free one (default: 4030)
  --build-only   build and exit; the files open from disk, and from any web server under any path
  --help         print this text
`;

const options = readOptions(process.argv.slice(2));
if (typeof options === "string") {
  console.error(`docs: ${options}; see npm run docs -- --help`);
  process.exit(2);
}
if (options.help) {
  console.log(help);
  process.exit(0);
}
try {
  const startedAt = performance.now();
  await buildSite(options.out, (line) => console.log(`docs: ${line}`));
  console.log(`docs: written to ${options.out} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
if (!options.buildOnly) {
  const port = await getPort({ port: portNumbers(options.port, Math.min(options.port + 99, 65_535)), host: "127.0.0.1" });
  const server = createServer(sirv(options.out, { dev: true }));
  server.listen(port, "127.0.0.1", () => console.log(`\nServing the site on http://127.0.0.1:${port}/; Ctrl-C ends it`));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      server.close();
      server.closeAllConnections();
    });
  }
}

function readOptions(args: string[]): string | { out: string; port: number; buildOnly: boolean; help: boolean } {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"),
      options: {
        out: { type: "string", default: fileURLToPath(new URL("../../../site/", import.meta.url)) },
        port: { type: "string", default: "4030" },
        "build-only": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535) return `--port must be a whole number from 1 to 65535, is "${values.port}"`;
    return { out: values.out, port, buildOnly: values["build-only"], help: values.help };
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "wrong options";
  }
}
