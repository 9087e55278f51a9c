import { createHash, createHmac } from "node:crypto";
import type { RequestListener } from "node:http";
import express from "express";
import fastify from "fastify";
import { describe, expect, test, vi } from "vitest";
import { handlerOf, order } from "./handler.fixture.ts";
import { originForm } from "./http.ts";
import { type Handler, hmac, toExpressMiddleware, toFastifyPlugin, toNodeListener } from "./index.ts";
import { exchange, listen, pay, statusesOf } from "./wire.fixture.ts";

test.each([
  ["/pay?x=http://y/z", "/pay?x=http://y/z"],
  ["http://host/pay?x=1", "/pay?x=1"],
  ["HTTPS://user@host:8443/api/pay", "/api/pay"],
  ["http://host", "/"],
  ["http://host?x=1", "/?x=1"],
  ["http:/pay", "http:/pay"],
  ["ftp://host/pay", "ftp://host/pay"],
  ["*", "*"],
])("the path of the request target %s is %s", (target, path) => expect(originForm(target)).toBe(path));

const secret = "a shared secret of 32 bytes, or more";

/** The headers of a signature by hand (RFC 9421) over what is sent. */
function signed(target: string, path: string): string[] {
  const digest = `sha-256=:${createHash("sha256").update(order).digest("base64")}:`;
  const created = Math.floor(Date.now() / 1000);
  const parameters = `("@method" "@path" "@query" "@request-target" "content-digest");created=${created};keyid="k"`;
  const lines = { "@method": "POST", "@path": path, "@query": "?x=1", "@request-target": target };
  const base = Object.entries(lines).map(([name, value]) => `"${name}": ${value}\n`);
  const text = `${base.join("")}"content-digest": ${digest}\n"@signature-params": ${parameters}`;
  const signature = createHmac("sha256", secret).update(text).digest("base64");
  return [`content-digest: ${digest}`, `signature-input: s=${parameters}`, `signature: s=:${signature}:`];
}

async function fastifyListener(prefix: string, handler: Handler, options = {}): Promise<RequestListener> {
  const app = fastify(options);
  await app.register(toFastifyPlugin(handler), { prefix });
  await app.ready();
  return (request, response) => app.routing(request, response);
}

describe("a request target in absolute form (RFC 9112, 3.2.2)", () => {
  const target = "http://pay.example/api/pay?x=1";
  const onRefused = vi.fn();
  const handler = handlerOf({}, { basePath: "/api", auth: hmac({ k: { merchant: "shop-1", secret } }), onRefused });
  const bytes = pay(order, "connection: close", ...signed(target, "/api/pay")).replace("/pay", target);

  const listeners: Record<string, () => Promise<RequestListener>> = {
    "node:http": async () => toNodeListener(handler),
    Express: async () => express().use("/api", toExpressMiddleware(handler)),
    Fastify: () => fastifyListener("/api", handler),
  };

  test.each(Object.entries(listeners))("is served under %s, and hmac sees what was sent", async (_, make) => {
    const { port } = await listen(await make());
    expect([statusesOf(await exchange(port, bytes)), onRefused.mock.calls]).toEqual([[200], []]);
  });
});

test("under Fastify, rewriteUrl decides the path, and hmac sees what was sent", async () => {
  const handler = handlerOf({}, { basePath: "/api", auth: hmac({ k: { merchant: "shop-1", secret } }) });
  const rewriteUrl = ({ url = "" }) => url.replace("/shop/", "/api/");
  const { port } = await listen(await fastifyListener("/api", handler, { rewriteUrl }));
  const target = "/shop/pay?x=1";
  const bytes = pay(order, "connection: close", ...signed(target, "/shop/pay")).replace("/pay", target);
  expect(statusesOf(await exchange(port, bytes))).toEqual([200]);
});
