import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { order } from "./peers.ts";
import { print } from "./print.ts";
import { gzipSize } from "./size.ts";

const peers: Record<string, string> = {
  limit: "node:http + JSON.parse",
  codegames: "@codegames/server (validates)",
  fastify: "Fastify, JSON Schemas (validates requests)",
  hono: "Hono, zod-openapi (validates)",
  "openapi-backend": "openapi-backend on Express (validates)",
  "express-openapi-validator": "express-openapi-validator (validates)",
};

const requests = { "/check": { product_id: 1_234_567_890 }, "/pay": order };

/**
 * Measures requests per second of a provider on each toolkit, over 50 keep-alive connections. Each round has processes
 * of its own, since one process can be a fifth slower than the next all its life, and takes the paths in the other
 * order, since the second finds code that the first has warmed up.
 */
export async function compareProviders(rounds: number): Promise<void> {
  const names = Object.keys(peers);
  const paths = Object.keys(requests) as (keyof typeof requests)[];
  const perSecond = new Map(paths.map((path) => [path, names.map((): number[] => [])]));
  for (let round = 0; round < rounds; round++) {
    for (const [index, name] of names.entries()) {
      const { child, url } = await startProvider(name);
      for (const path of round % 2 === 0 ? paths : paths.toReversed()) {
        await callFor(1, url, path);
        perSecond.get(path)?.[index]?.push(await callFor(1, url, path));
      }
      child.kill();
    }
  }
  for (const [path, results] of perSecond) {
    console.log(`\n${path} served per second, 50 connections`);
    print(
      names.map((name) => peers[name] ?? name),
      results,
      (value) => value.toFixed(0),
    );
  }
  console.log("\nshipped bytes of the server, bundled, minified, gzip");
  const code = `export { createHandler, toNodeListener } from "@codegames/server";`;
  const size = await gzipSize("server", code, "node");
  print(["@codegames/server: createHandler, toNodeListener"], [[size]], (value) => value.toFixed(0));
}

const serverFile = fileURLToPath(new URL("provider-server.ts", import.meta.url));

async function startProvider(name: string) {
  const child = spawn(process.execPath, [serverFile, name], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(child.stdout, "data");
  return { child, url: `http://127.0.0.1:${String(port).trim()}` };
}

/** Returns how many requests were answered per second. */
async function callFor(seconds: number, url: string, path: keyof typeof requests): Promise<number> {
  const result = await autocannon({
    url: url + path,
    method: "POST",
    body: JSON.stringify(requests[path]),
    headers: { "content-type": "application/json" },
    connections: 50,
    duration: seconds,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} answered ${path} with errors`);
  return result.requests.total / result.duration;
}
