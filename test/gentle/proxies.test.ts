import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { apiKey, type AuthFunction, createClient, hmac } from "@codegames/client";
import {
  apiKey as readApiKey,
  type Authenticate,
  type AuthRefusal,
  createHandler,
  hmac as readHmac,
  type Provider,
  toNodeListener,
} from "@codegames/server";
import getPort from "get-port";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findProxy, proxyNames, readConfiguration, startProxy, whyLeftOut } from "./proxies.ts";

const secret = "0123456789abcdef0123456789abcdef";
const provider: Provider = {
  check: () => ({ status: "PRODUCT_NOT_FOUND" }),
  pay: () => ({ status: "PRODUCT_NOT_FOUND" }),
  status: () => ({ status: "TXN_NOT_FOUND" }),
};
const signed = readHmac({ "shop-1": { merchant: "wallet", secret } });
const keyed = readApiKey({ "key-of-shop-1": "wallet" }, "x_api_key");
const either: Authenticate = (request, refuse) => (request.headers["signature"] ? signed : keyed)(request, refuse);

let refusals: AuthRefusal["reason"][] = [];
beforeEach(() => {
  refusals = [];
  isBelowApi = true;
});
const onRefused = ({ reason }: AuthRefusal) => void refusals.push(reason);
const answerBelow = (basePath: string) =>
  toNodeListener(createHandler(provider, { auth: either, basePath, onRefused }));
const answers = [answerBelow("/api"), answerBelow("")];

/** Whether the provider serves the paths that its merchants sign, or those without the prefix. */
let isBelowApi = true;
const servers = [0, 1].map(() =>
  createServer((request, response) => {
    if (request.url === "/health") response.end();
    else answers[isBelowApi ? 0 : 1]!(request, response);
  }),
);
beforeAll(() => Promise.all(servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening"))));
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

const found = proxyNames.flatMap((name) => {
  const file = findProxy(name);
  if (!file) console.log(whyLeftOut(name));
  return file ? [{ name, file }] : [];
});

/** Asks for a status through a proxy with a configuration. */
async function askThrough({ name, file }: (typeof found)[number], configuration: string, auths: AuthFunction[]) {
  const [one = 0, two = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const port = await getPort({ host: "127.0.0.1" });
  const proxy = await startProxy(name, file, { proxy: port, providers: [one, two] }, configuration);
  try {
    const clients = auths.map((auth) => createClient({ baseUrl: `http://127.0.0.1:${port}/api`, auth }));
    const results = await Promise.all(clients.map((hub) => hub.status({ txn_id: "A-17" })));
    return results.map(({ outcome }) => outcome);
  } finally {
    await proxy.end();
  }
}

const auths = [hmac({ keyId: "shop-1", secret }), apiKey("key-of-shop-1", "x_api_key")];

test.each(found)(
  "RW25 E1 the README's $name passes on a signed path and a header with an underscore",
  async (proxy) => {
    expect(await askThrough(proxy, readConfiguration(proxy.name), auths)).toEqual(["absent", "absent"]);
    expect(refusals).toEqual([]);
  },
);

test.runIf(found.some(({ name }) => name === "nginx"))(
  "RW25 nginx that strips the prefix and drops the header is refused, and the operator is told why",
  async () => {
    isBelowApi = false;
    const careless = readConfiguration("nginx")
      .replace("underscores_in_headers on;", "")
      .replace("http://provider;", "http://provider/;");
    const nginx = found.find(({ name }) => name === "nginx")!;
    expect(await askThrough(nginx, careless, auths)).toEqual(["unknown", "unknown"]);
    expect(refusals.toSorted()).toEqual(["no-credentials", "wrong-signature"]);
  },
);
