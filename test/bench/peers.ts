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

/** One way to send a pay and read its answer as a value. */
export interface Peer {
  name: string;
  /** Whether it validates the answer. */
  validates: boolean;
  pay(baseUrl: string): Promise<unknown>;
}

const require = createRequire(import.meta.url);
const dist = fileURLToPath(new URL("dist/", import.meta.url));
const document = fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));
const headers = { "content-type": "application/json", "x-api-key": "k" };

/**
 * Generates the clients of the peers into `dist`, from our document and with the settings that their manuals show
 * first.
 */
export function generatePeers(): void {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const plugins = ["@hey-api/client-fetch", "zod", { name: "@hey-api/sdk", validator: true }];
  const config = { input: document, output: `${dist}hey`, plugins };
  writeFileSync(`${dist}hey.config.mjs`, `export default ${JSON.stringify(config)};\n`);
  run("@hey-api/openapi-ts/package.json", "bin/run.js", ["-f", `${dist}hey.config.mjs`]);
  const redoclyArgs = ["generate-client", document, "-o", `${dist}redocly.ts`, "--import-ext", "ts"];
  run("@redocly/cli/package.json", "bin/cli.js", redoclyArgs);
}

/** Bundles the generated clients into modules that Node can run. */
export async function bundlePeers(): Promise<void> {
  writeFileSync(
    `${dist}hey.ts`,
    `export { pay } from "./hey/index.ts";\nexport { client } from "./hey/client.gen.ts";\n`,
  );
  await bundleFor(`${dist}hey.mjs`, `${dist}hey.ts`);
  await bundleFor(`${dist}redocly.mjs`, `${dist}redocly.ts`);
}

function run(manifest: string, bin: string, args: string[]): void {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", DO_NOT_TRACK: "1" };
  const file = require.resolve(manifest).replace("package.json", bin);
  execFileSync(process.execPath, [file, ...args], { env, cwd: dist, stdio: ["ignore", "ignore", "pipe"] });
}

/** Makes the clients of the comparison, each once, as a merchant does. */
export async function peersOf(baseUrl: string): Promise<Peer[]> {
  const generated = (file: string) => import(file);
  const hey = await generated(`${dist}hey.mjs`);
  const redocly = await generated(`${dist}redocly.mjs`);
  hey.client.setConfig({ baseUrl, headers: { "x-api-key": "k" }, throwOnError: true });
  redocly.client.configure({ serverUrl: baseUrl, auth: { apiKey: { apiKey: "k" } } });
  // oxlint-disable-next-line typescript/no-explicit-any -- the types of the document do not matter here
  const openapi = createOpenapiFetch<Record<string, any>>({ baseUrl, headers: { "x-api-key": "k" } });
  const ours = createClient({ baseUrl, auth: apiKey("k") });
  const fast = createClient({ baseUrl, auth: apiKey("k"), fetch: undiciFetch(() => new Agent()) });
  const fetchPay = async () => {
    const response = await fetch(`${baseUrl}/pay`, { method: "POST", headers, body: JSON.stringify(order) });
    return JSON.parse(await response.text());
  };
  return [
    { name: "fetch + JSON.parse", validates: false, pay: fetchPay },
    { name: "openapi-fetch", validates: false, pay: async () => (await openapi.POST("/pay", { body: order })).data },
    {
      name: "axios",
      validates: false,
      pay: async () => (await axios.post(`${baseUrl}/pay`, order, { headers })).data,
    },
    { name: "Redocly generate-client", validates: false, pay: () => redocly.pay({ body: order }) },
    { name: "@hey-api/openapi-ts + zod", validates: true, pay: async () => (await hey.pay({ body: order })).data },
    { name: "@codegames/client", validates: true, pay: () => ours.pay(order) },
    { name: "@codegames/client, undici", validates: true, pay: () => fast.pay(order) },
  ];
}
