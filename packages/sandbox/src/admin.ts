import type { IncomingMessage, ServerResponse } from "node:http";
import { operations } from "@codegames/contract";
import { isPrice } from "./catalogue.ts";
import { faultKinds, magicProducts } from "./fault.ts";
import type { FaultQueue, OrderedFault } from "./fault-queue.ts";
import type { Shop } from "./shop.ts";

/** What is wrong with a request to the admin API. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The admin API, in JSON with int64 as strings: `GET /ledger`, `GET` and `POST` and `DELETE /faults`,
 * `PATCH /products/{id}`, `GET /magic`. For loopback only: it has no credentials.
 */
export function adminListener(shop: Shop, faults: FaultQueue) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.on("error", () => {});
    serve(shop, faults, request)
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) return { status: 500, body: { error: (error as Error).message } };
        return { status: error.status, body: { error: error.message } };
      })
      .then(({ status, body }) => {
        const text = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? String(value) : value));
        response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(text);
      });
  };
}

async function serve(shop: Shop, faults: FaultQueue, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  // Names of this machine alone: a page in a browser could otherwise reach it under a name of its own (DNS rebinding).
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? "")) throw new Refused(403, "Host must be a name of loopback");
  if (request.headers.origin !== undefined || request.headers["sec-fetch-site"] === "cross-site") {
    throw new Refused(403, "A page in a browser may not call the admin API");
  }
  const route = `${request.method} ${request.url}`;
  const productId = /^PATCH \/products\/(\d{1,19})$/.exec(route)?.[1];
  if (productId && BigInt(productId) < 2n ** 63n) {
    const change = readChange(await readJson(request));
    if (!(await shop.change(BigInt(productId), change))) throw new Refused(404, `There is no product ${productId}`);
    return { status: 200, body: change };
  }
  switch (route) {
    case "GET /ledger":
      return { status: 200, body: await shop.ledger() };
    case "GET /magic":
      return { status: 200, body: { products: magicProducts, faults: faultKinds } };
    case "GET /faults":
      return { status: 200, body: faults.list() };
    case "POST /faults": {
      const fault = readFault(await readJson(request));
      faults.order(fault);
      return { status: 201, body: fault };
    }
    case "DELETE /faults":
      faults.clear();
      return { status: 200, body: [] };
    default:
      throw new Refused(404, `There is no ${route}; there are GET /ledger, GET /magic, GET, POST and DELETE /faults, PATCH /products/{id}`);
  }
}

function readFault({ operation, kind, isServed = true, times = 1, ...rest }: Record<string, unknown>): OrderedFault {
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Refused(400, `${unknown} is not known; allowed: operation, kind, isServed, times`);
  if (!Object.hasOwn(operations, String(operation))) throw new Refused(400, `operation must be one of ${Object.keys(operations).join(", ")}, is ${JSON.stringify(operation)}`);
  if (!Object.hasOwn(faultKinds, String(kind))) throw new Refused(400, `kind must be one of ${Object.keys(faultKinds).join(", ")}, is ${JSON.stringify(kind)}`);
  if (typeof isServed !== "boolean") throw new Refused(400, `isServed must be a boolean, is ${JSON.stringify(isServed)}`);
  if (!Number.isSafeInteger(times) || (times as number) < 1) throw new Refused(400, `times must be a whole number from 1, is ${JSON.stringify(times)}`);
  return { operation, kind, isServed, times } as OrderedFault;
}

function readChange({ price, addKeys, ...rest }: Record<string, unknown>): { price?: number; addKeys?: number } {
  const [unknown] = Object.keys(rest);
  if (unknown) throw new Refused(400, `${unknown} is not known; allowed: price, addKeys`);
  if (price !== undefined && !isPrice(price)) throw new Refused(400, `price must be a number above 0, is ${JSON.stringify(price)}`);
  if (addKeys !== undefined && !(Number.isSafeInteger(addKeys) && (addKeys as number) >= 0)) throw new Refused(400, `addKeys must be a whole number from 0, is ${JSON.stringify(addKeys)}`);
  return { ...(price !== undefined && { price }), ...(addKeys !== undefined && { addKeys: addKeys as number }) };
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) if ((text += chunk).length > 65_536) throw new Refused(413, "The body is larger than 65536 bytes");
  const body = parse(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Refused(400, "The body must be a JSON object");
  return body as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
