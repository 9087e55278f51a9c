/**
 * Runs a provider on one toolkit, in its own process: `node provider-server.ts NAME`. It answers `check` and `pay` with
 * the contract's examples, validates requests and answers as far as the toolkit does, and prints its port.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { examples } from "@codegames/contract/examples";
import document from "@codegames/contract/openapi.json" with { type: "json" };
import { createHandler, toNodeListener } from "@codegames/server";
import { serve } from "@hono/node-server";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import express from "express";
import * as validator from "express-openapi-validator";
import fastify from "fastify";
import { type Context, OpenAPIBackend } from "openapi-backend";

const documentFile = fileURLToPath(import.meta.resolve("@codegames/contract/openapi.json"));
const checked = examples.check.responses[200].OK;
const sold = examples.pay.responses[200].OK;
/** Turns bigints into numbers, for toolkits without bigint. */
const plain = (value: object): object =>
  JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each)));
const answers: Record<string, object> = { "/check": plain(checked), "/pay": plain(sold) };

const ready = (port: number) => console.log(port);
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

const servers: Record<string, () => unknown> = {
  limit() {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        JSON.parse(Buffer.concat(chunks).toString());
        const body = JSON.stringify(answers[request.url ?? ""]);
        response
          .writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) })
          .end(body);
      });
    });
    server.listen(0, "127.0.0.1", () => ready(portOf(server)));
  },
  codegames() {
    const provider = { check: () => checked, pay: () => sold, status: () => ({ status: "TXN_NOT_FOUND" }) as const };
    const server = createServer(toNodeListener(createHandler(provider, { auth: "none" })));
    server.listen(0, "127.0.0.1", () => ready(portOf(server)));
  },
  async fastify() {
    const app = fastify();
    for (const path of ["/check", "/pay"] as const) {
      const operation = document.paths[path].post;
      const body = resolveRefs(operation.requestBody.content["application/json"].schema);
      const response = { 200: resolveRefs(operation.responses["200"].content["application/json"].schema) };
      app.post(path, { schema: { body, response } }, async () => answers[path]);
    }
    await app.listen({ host: "127.0.0.1", port: 0 });
    ready(portOf(app.server));
  },
  hono() {
    const app = new OpenAPIHono();
    const id = z.number().int();
    const text = z.string().nullable().optional();
    const price = z.number().positive();
    const product = z.object({
      id,
      name: z.string().min(1),
      shortDescription: z.string().optional(),
      price: price.optional(),
      partner_price: price.optional(),
      productKey: text,
      addInfo: z.record(z.string(), z.unknown()).optional(),
    });
    const answer = z.object({
      status: z.string(),
      comment: text,
      partner_txn_id: z.string().optional(),
      product: product.optional(),
    });
    const requests = {
      "/check": z.object({ product_id: id }),
      "/pay": z.object({ product_id: id, price, txn_id: z.string().min(1).max(128) }),
    };
    for (const [path, schema] of Object.entries(requests)) {
      const route = createRoute({
        method: "post",
        path,
        request: { body: { content: { "application/json": { schema } }, required: true } },
        responses: { 200: { description: "OK", content: { "application/json": { schema: answer } } } },
      });
      // zod-openapi does not validate answers by itself.
      app.openapi(route, (context) => {
        context.req.valid("json");
        return context.json(answer.parse(answers[path]), 200) as never;
      });
    }
    serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => ready(port));
  },
  async "openapi-backend"() {
    const api = new OpenAPIBackend({ definition: resolveRefs(document), quick: true, ajvOpts: { strict: false } });
    const answering = (path: string) => (context: Context) => {
      const body = answers[path];
      const { errors } = context.api.validateResponse(body, context.operation);
      return errors ? { status: 500 } : body;
    };
    const validationFail = (_context: Context, response: express.Response) => (response.status(400), {});
    api.register({ check: answering("/check"), pay: answering("/pay"), validationFail });
    for (const scheme of ["basic", "bearer", "apiKey", "hmac"]) api.registerSecurityHandler(scheme, () => true);
    await api.init();
    const app = express().use(express.json());
    app.use(async (request, response) => void response.json(await api.handleRequest(request as never, response)));
    const server = app.listen(0, "127.0.0.1", () => ready(portOf(server)));
  },
  "express-openapi-validator"() {
    const app = express().use(express.json());
    app.use(
      validator.middleware({
        apiSpec: documentFile,
        validateRequests: true,
        validateResponses: true,
        validateSecurity: false,
        ignoreUndocumented: true,
        validateApiSpec: false,
      }),
    );
    for (const path of ["/check", "/pay"]) app.post(path, (_, response) => void response.json(answers[path]));
    const server = app.listen(0, "127.0.0.1", () => ready(portOf(server)));
  },
};

/** Replaces the references in a schema by their targets, and drops what Fastify does not accept. */
// oxlint-disable-next-line typescript/no-explicit-any -- a schema can be any JSON
function resolveRefs(schema: unknown): any {
  if (Array.isArray(schema)) return schema.map(resolveRefs);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, description: _, ...rest } = schema as Record<string, unknown>;
  if (typeof $ref === "string") {
    const path = $ref.slice(2).split("/");
    const target = path.reduce<unknown>((place, name) => (place as Record<string, unknown>)[name], document);
    return resolveRefs(target);
  }
  const isDropped = (name: string) => name.startsWith("x-") || name === "examples" || name === "format";
  const kept = Object.entries(rest).filter(([name]) => !isDropped(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, resolveRefs(value)]));
}

// Ends when the parent process ends.
process.stdin.on("end", () => process.exit()).resume();
const name = process.argv[2] ?? "";
if (!servers[name]) throw new Error(`There is no "${name}"; there are ${Object.keys(servers).join(", ")}`);
await servers[name]();
