import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiKey, type Client, createClient, type Fetch } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { Agent, buildConnector, fetch as undiciStandardFetch } from "undici";
import { startServer } from "./answers.ts";
import { measure } from "./measure.ts";
import { print } from "./print.ts";

const check = { product_id: 1_234_567_890 };
const order = { ...check, price: 50_000, txn_id: "1700220589699083777" };
const status = { txn_id: order.txn_id };
const headers = { "content-type": "application/json", "x-api-key": "k" };

type Ways = Record<string, () => Promise<unknown>>;

/** Compares each call with the bare `fetch` of Node: the bars are 0.9 × over `fetch`, and 1.0 × over undici. */
export async function compareCalls(rounds: number): Promise<void> {
  const { baseUrl, stop } = await startServer();
  const fetch = undiciFetch(() => new Agent());
  const ours = createClient({ baseUrl, auth: apiKey("k"), partnerTxnIds: "shared" });
  const fast = createClient({ baseUrl, auth: apiKey("k"), partnerTxnIds: "shared", fetch });
  const bare = async (path: string, request: object) => {
    const response = await globalThis.fetch(baseUrl + path, { method: "POST", headers, body: JSON.stringify(request) });
    return JSON.parse(await response.text());
  };
  const calls: [string, object, (client: Client) => Promise<unknown>][] = [
    ["check", check, (client) => client.check(check)],
    ["status", status, (client) => client.status(status)],
    ["pay", order, (client) => client.pay(order)],
  ];
  for (const [name, request, call] of calls) {
    const own = name === "pay" ? ", a connection for each" : "";
    await compare(`calls of ${name} per second`, rounds, {
      "fetch + JSON.parse": () => bare(`/${name}`, request),
      "@codegames/client": () => call(ours),
      [`@codegames/client, undici${own}`]: () => call(fast),
    });
  }
  await fetch.close();
  stop();
  await comparePaysOverTls(rounds);
}

/** Reports what the connection of its own costs a pay when each begins with a TLS handshake. */
async function comparePaysOverTls(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const ec = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert];
  try {
    execFileSync("openssl", [...ec, ...names], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return console.log("\npays over TLS: left out, as openssl, which makes the certificate, does not run");
  }
  const { baseUrl, stop } = await startServer(key, cert);
  const ca = readFileSync(cert);
  const connect = buildConnector({ ca });
  const shared = new Agent({ connect: { ca } });
  const keptConnections: Fetch = (url, init) =>
    undiciStandardFetch(url, { ...init, dispatcher: shared } as never) as unknown as Promise<Response>;
  const fetches = {
    "undici's fetch, kept connections": keptConnections,
    "undiciFetch, a connection for each": undiciFetch(() => new Agent({ connect: { ca } })),
    "undiciFetch, a connection for each, one connector": undiciFetch(() => new Agent({ connect })),
  };
  const ways = Object.entries(fetches).map(([name, fetch]) => {
    const client = createClient({ baseUrl, auth: apiKey("k"), partnerTxnIds: "shared", fetch });
    return [name, () => client.pay(order)] as const;
  });
  await compare("calls of pay per second, over TLS", rounds, Object.fromEntries(ways));
  for (const fetch of Object.values(fetches)) if ("close" in fetch) await fetch.close();
  await shared.close();
  stop();
  rmSync(folder, { recursive: true });
}

async function compare(title: string, rounds: number, ways: Ways): Promise<void> {
  for (const concurrency of [1, 16]) {
    console.log(`\n${title}, ${concurrency} at once`);
    const perSecond = Object.values(ways).map((): number[] => []);
    for (const way of Object.values(ways)) await measure(way, concurrency, 200);
    for (let round = 0; round < rounds; round++) {
      for (const [index, way] of Object.values(ways).entries()) {
        perSecond[index]?.push(await measure(way, concurrency, 500));
      }
    }
    print(Object.keys(ways), perSecond, (value) => value.toFixed(0));
  }
}
