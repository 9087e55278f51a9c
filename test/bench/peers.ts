import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { apiKey, createClient } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import axios from "axios";
import createOpenapiFetch from "openapi-fetch";
import { Agent } from "undici";
import { bundleFor } from "./size.ts";

export const order = { product_id: 1_234_567_890, price: 50_000, txn_id: "1700220589699083777" };

/** One way to make a pay and have its answer as a value. */
export interface Peer {
  name: string;
  /** Whether it checks the answer. */
  validates: boolean;
  pay(baseUrl: string): Promise<unknown>;
}

const require = createRequire(import.meta.url);
const dist = fileURLToPath(new URL("dist/", import.meta.url));
const document = fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));
const headers = { "content-type": "application/json", "x-api-key": "k" };

/** Generates the peers' clients from the same document, with the settings that their manuals show first, into `dist`. */
export function generatePeers(): void {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const config = { input: document, output: `${dist}hey`, plugins: ["@hey-api/client-fetch", "zod", { name: "@hey-api/sdk", validator: true }] };
  writeFileSync(`${dist}hey.config.mjs`, `export default ${JSON.stringify(config)};\n`);
  run("@hey-api/openapi-ts/package.json", "bin/run.js", ["-f", `${dist}hey.config.mjs`]);
  run("@redocly/cli/package.json", "bin/cli.js", ["generate-client", document, "-o", `${dist}redocly.ts`, "--import-ext", "ts"]);
}

/** Makes modules of them that Node can run. */
export async function bundlePeers(): Promise<void> {
  writeFileSync(`${dist}hey.ts`, `export { pay } from "./hey/index.ts";\nexport { client } from "./hey/client.gen.ts";\n`);
  await bundleFor(`${dist}hey.mjs`, `${dist}hey.ts`);
  await bundleFor(`${dist}redocly.mjs`, `${dist}redocly.ts`);
}

function run(manifest: string, bin: string, args: string[]): void {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", DO_NOT_TRACK: "1" };
  execFileSync(process.execPath, [require.resolve(manifest).replace("package.json", bin), ...args], { env, cwd: dist, stdio: ["ignore", "ignore", "pipe"] });
}

/** The clients of the comparison, each made once as a merchant would. */
export async function peersOf(baseUrl: string): Promise<Peer[]> {
  const generated = (file: string) => import(file);
  const hey = await generated(`${dist}hey.mjs`);
  const redocly = await generated(`${dist}redocly.mjs`);
  hey.client.setConfig({ baseUrl, headers: { "x-api-key": "k" }, throwOnError: true });
  redocly.client.configure({ serverUrl: baseUrl, auth: { apiKey: { apiKey: "k" } } });
  const openapi = createOpenapiFetch<Record<string, any>>({ baseUrl, headers: { "x-api-key": "k" } });
  const ours = createClient({ baseUrl, auth: apiKey("k") });
  const fast = createClient({ baseUrl, auth: apiKey("k"), fetch: undiciFetch(new Agent()) });
  return [
    {
      name: "fetch + JSON.parse", validates: false,
      pay: async () => JSON.parse(await (await fetch(`${baseUrl}/pay`, { method: "POST", headers, body: JSON.stringify(order) })).text()),
    },
    { name: "openapi-fetch", validates: false, pay: async () => (await openapi.POST("/pay", { body: order })).data },
    { name: "axios", validates: false, pay: async () => (await axios.post(`${baseUrl}/pay`, order, { headers })).data },
    { name: "Redocly generate-client", validates: false, pay: () => redocly.pay({ body: order }) },
    { name: "@hey-api/openapi-ts + zod", validates: true, pay: async () => (await hey.pay({ body: order })).data },
    { name: "@codegames/client", validates: true, pay: () => ours.pay(order) },
    { name: "@codegames/client, undici", validates: true, pay: () => fast.pay(order) },
  ];
}
