import type { IncomingMessage, ServerResponse } from "node:http";
import { operations } from "@codegames/contract";
import { isPrice } from "./catalogue.ts";
import type { FaultQueue, OrderedFault } from "./fault-queue.ts";
import { faultKinds, magicProducts } from "./fault.ts";
import type { Shop } from "./shop.ts";

/** Refuses a request to the admin API. */
class AdminRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Makes the listener of the admin API, in JSON with int64 as strings: `GET /ledger`, `GET`, `POST` and `DELETE
 * /faults`, `PATCH /products/{id}`, `GET /magic`.
 *
 * Hazard: it asks for no credentials, so it must listen on loopback only.
 */
export function adminListener(shop: Shop, faults: FaultQueue) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    request.on("error", () => {});
    void serve(shop, faults, request)
      .catch((error: unknown) => {
        if (!(error instanceof AdminRefusal)) return { status: 500, body: { error: (error as Error).message } };
        return { status: error.status, body: { error: error.message } };
      })
      .then(({ status, body }) => {
        const text = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? String(value) : value));
        response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(text);
      });
  };
}

async function serve(
  shop: Shop,
  faults: FaultQueue,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  // Otherwise a page in a browser could reach it under a host name of its own (DNS rebinding).
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? "")) {
    throw new AdminRefusal(403, "Host must be a name of loopback");
  }
  if (request.headers.origin !== undefined || request.headers["sec-fetch-site"] === "cross-site") {
    throw new AdminRefusal(403, "A page in a browser may not call the admin API");
  }
  const route = `${request.method} ${request.url}`;
  const productId = /^PATCH \/products\/(\d{1,19})$/.exec(route)?.[1];
  if (productId && BigInt(productId) < 2n ** 63n) {
    const change = readChange(await readJson(request));
    if (!(await shop.change(BigInt(productId), change)))
      throw new AdminRefusal(404, `There is no product ${productId}`);
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
      throw new AdminRefusal(404, `There is no ${route}; there are ${routes}`);
  }
}

const routes = "GET /ledger, GET /magic, GET, POST and DELETE /faults, PATCH /products/{id}";

function readFault({ operation, kind, isServed = true, times = 1, ...rest }: Record<string, unknown>): OrderedFault {
  refuseOthers(rest, "operation, kind, isServed, times");
  if (!isKeyOf(operations, operation)) throw wrong("operation", oneOf(operations), operation);
  if (!isKeyOf(faultKinds, kind)) throw wrong("kind", oneOf(faultKinds), kind);
  if (typeof isServed !== "boolean") throw wrong("isServed", "a boolean", isServed);
  if (!isWholeNumberFrom(1, times)) throw wrong("times", "a whole number from 1", times);
  return { operation, kind, isServed, times };
}

function readChange({ price, addKeys, ...rest }: Record<string, unknown>): { price?: number; addKeys?: number } {
  refuseOthers(rest, "price, addKeys");
  if (price !== undefined && !isPrice(price)) throw wrong("price", "a number above 0", price);
  if (addKeys !== undefined && !isWholeNumberFrom(0, addKeys)) throw wrong("addKeys", "a whole number from 0", addKeys);
  return { ...(price !== undefined && { price }), ...(addKeys !== undefined && { addKeys }) };
}

function refuseOthers(rest: Record<string, unknown>, allowed: string): void {
  const [unknown] = Object.keys(rest);
  if (unknown) throw new AdminRefusal(400, `${unknown} is not known; allowed: ${allowed}`);
}

const wrong = (name: string, allowed: string, value: unknown) =>
  new AdminRefusal(400, `${name} must be ${allowed}; got ${JSON.stringify(value)}`);

const oneOf = (values: object) => `one of ${Object.keys(values).join(", ")}`;

const isKeyOf = <T extends object>(values: T, key: unknown): key is keyof T =>
  typeof key === "string" && Object.hasOwn(values, key);

const isWholeNumberFrom = (least: number, value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request)
    if ((text += chunk).length > 65_536) throw new AdminRefusal(413, "The body is larger than 65536 bytes");
  const body = parse(text);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new AdminRefusal(400, "The body must be a JSON object");
  return body as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
