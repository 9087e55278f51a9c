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

/** Measures requests per second of a provider on each toolkit, over 50 keep-alive connections. */
export async function compareProviders(rounds: number): Promise<void> {
  const names = Object.keys(peers);
  const file = fileURLToPath(new URL("provider-server.ts", import.meta.url));
  const servers = await Promise.all(
    names.map(async (name) => {
      const child = spawn(process.execPath, [file, name], { stdio: ["pipe", "pipe", "inherit"] });
      const [port] = await once(child.stdout, "data");
      return { child, url: `http://127.0.0.1:${String(port).trim()}` };
    }),
  );
  for (const [path, body] of Object.entries(requests)) {
    console.log(`\n${path} served per second, 50 connections`);
    const perSecond = servers.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { url }] of servers.entries()) {
        const result = await autocannon({
          url: url + path,
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
          connections: 50,
          duration: 1,
        });
        if (result.non2xx > 0 || result.errors > 0) throw new Error(`${names[index]} answered ${path} with errors`);
        // The first round warms up.
        if (round > 0) perSecond[index]?.push(result.requests.total / result.duration);
      }
    }
    print(
      names.map((name) => peers[name] ?? name),
      perSecond,
      (value) => value.toFixed(0),
    );
  }
  for (const { child } of servers) child.kill();
  console.log("\nshipped bytes of the server, bundled, minified, gzip");
  const code = `export { createHandler, toNodeListener } from "@codegames/server";`;
  const size = await gzipSize("server", code, "node");
  print(["@codegames/server: createHandler, toNodeListener"], [[size]], (value) => value.toFixed(0));
}
