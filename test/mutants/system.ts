import type { Mutant } from "./client.ts";

/** A fault in built code or in the contract, and the layer that must notice it. `file` is a path in the repository. */
export interface SystemMutant extends Mutant {
  layer: "Pact" | "Prism" | "Arazzo" | "differences";
}

const classify = "packages/client/dist/classify.js";
const operations = "packages/contract/dist/gen/operations.js";
const write = "packages/codec/dist/write.js";
const pay = "packages/server/dist/sell-once/pay.js";
const status = "packages/server/dist/sell-once/status.js";
const handler = "packages/server/dist/handler.js";
const problem = "packages/server/dist/problem-response.js";

/** Rules of the client, the server and the contract that are switched off. */
export const systemMutants: SystemMutant[] = [
  {
    layer: "Pact",
    name: "client: a refused request is like any other error",
    file: classify,
    from: 'isRefusedRequest ? "request-refused" : "http-status"',
    to: '"http-status"',
  },
  {
    layer: "Pact",
    name: "client: a duplicate is a refusal",
    file: operations,
    from: 'TXN_DUPLICATE: "unknown"',
    to: 'TXN_DUPLICATE: "rejected"',
  },
  {
    layer: "Pact",
    name: "client: the price is text",
    file: write,
    from: "return String(checkNumber(value, schema, expected));",
    to: 'return `"${value}"`;',
  },
  {
    layer: "Pact",
    name: "server: a problem is plain JSON",
    file: problem,
    from: '"content-type": "application/problem+json"',
    to: '"content-type": "application/json"',
  },
  {
    layer: "Pact",
    name: "server: credentials are not checked",
    file: handler,
    from: 'if (typeof merchant === "string" && merchant !== "")',
    to: "if (true)",
  },
  {
    layer: "Pact",
    name: "contract: a status is missing in the document",
    file: "packages/contract/src/gen/openapi.json",
    from: '"TXN_CANCELED"\n',
    to: '"TXN_CANCELLED"\n',
  },
  { layer: "Prism", name: "client: pays at another path", file: operations, from: 'path: "/pay"', to: 'path: "/pays"' },
  {
    layer: "Prism",
    name: "server: an answer is text",
    file: handler,
    from: '"content-type": "application/json", "request-id"',
    to: '"content-type": "text/plain", "request-id"',
  },
  {
    layer: "Prism",
    name: "server: a problem has another code than the response",
    file: problem,
    from: "        status,\n        detail",
    to: "        status: String(status),\n        detail",
  },
  {
    layer: "Arazzo",
    name: "server: any price is right",
    file: pay,
    from: "if (!isPriceExact || listing.price !== price)",
    to: "if (false)",
  },
  {
    layer: "Arazzo",
    name: "server: an unknown transaction is cancelled",
    file: status,
    from: 'return { status: "TXN_NOT_FOUND" };',
    to: 'return { status: "TXN_CANCELED" };',
  },
  {
    layer: "Arazzo",
    name: "server: a repeat hears nothing of the first payment",
    file: pay,
    from: 'return { status: "TXN_DUPLICATE", partner_txn_id: known.partner_txn_id };',
    to: 'return { status: "WRONG_PRICE" };',
  },
  {
    layer: "differences",
    name: "contract: a duplicate is a refusal",
    file: "spec/schemas/PayRefusedStatus.yaml",
    from: "TXN_DUPLICATE: unknown",
    to: "TXN_DUPLICATE: rejected",
  },
  {
    layer: "differences",
    name: "contract: the status queue ends sooner",
    file: "spec/paths/status.yaml",
    from: "attempts: 100\n",
    to: "attempts: 10\n",
  },
  {
    layer: "differences",
    name: "contract: a key is no secret",
    file: "spec/schemas/SoldProduct.yaml",
    from: "x-secret: true\n  addInfo",
    to: "addInfo",
  },
];
