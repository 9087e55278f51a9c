import type { IncomingHttpHeaders } from "node:http";
import { bearer, createClient } from "@codegames/client";
import type { CatalogueProduct, FaultKind, Sandbox, SandboxOptions } from "@codegames/sandbox";
import { slowProduct, startSandbox } from "@codegames/sandbox";
import { ProblemError } from "@codegames/server";
import { token } from "./interactions.ts";

/** A request on its way to the sandbox. */
interface Sent {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a gateway does to a request. */
export type Damage = (sent: Sent) => Sent;

type Params = Record<string, string | number>;

/** Starts a sandbox that is in a state. */
export type StateHandler = (params: Params, database: string) => Promise<{ sandbox: Sandbox; damage?: Damage }>;

export type StateHandlers = Readonly<Record<string, StateHandler>>;

const otherToken = "EXAMPLE-TOKEN-OF-ANOTHER";

/** How the sandbox gets into each state of the pact. */
export const stateHandlers: StateHandlers = {
  "the card is in stock": (params, database) => start({ database, catalogue: [cardOf(params)] }),
  "the top-up is for sale": (params, database) => start({ database, catalogue: [cardOf(params, { keys: "none" })] }),
  "there is no such product": (_, database) => start({ database, catalogue: [] }),
  "the card is out of stock": (params, database) => start({ database, catalogue: [cardOf(params, { keys: 0 })] }),
  "the card costs more": (params, database) => start({ database, catalogue: [cardOf(params, { price: Number(params["price"]) + 1 })] }),

  "the card was sold under this txn_id": sell,
  async "the card was sold under this txn_id, and costs more since"(params, database) {
    const world = await sell(params, database);
    const body = JSON.stringify({ price: Number(params["price"]) + 1 });
    const changed = await fetch(`${world.sandbox.adminUrl}/products/${params["product_id"]}`, { method: "PATCH", body });
    if (!changed.ok) throw new Error(`the price is not changed: HTTP ${changed.status}`);
    return world;
  },
  "another merchant bought the card under this txn_id": (params, database) => sell(params, database, otherToken),
  "nothing was paid under this txn_id": (_, database) => start({ database }),
  async "the payment under this txn_id was refused"(params, database) {
    const world = await start({ database, catalogue: [] });
    await pay(world.sandbox, params, "PRODUCT_NOT_FOUND");
    return world;
  },
  async "the payment is accepted and not decided yet"(params, database) {
    const slow = { ...params, product_id: String(slowProduct.id) };
    const world = await start({ database, catalogue: [cardOf(slow, { name: slowProduct.name })] });
    const client = clientOf(world.sandbox);
    let isOver = false;
    void client.pay(orderOf(slow)).then(() => (isOver = true));
    // From when on the payment is accepted, only its status can tell.
    for (;;) {
      const answer = await client.status(orderOf(slow));
      if ("httpStatus" in answer && answer.httpStatus === 503) return world;
      if (isOver) throw new Error("the pay is over before its status was HTTP 503");
    }
  },

  "the credentials are not known": (_, database) => start({ database, tokens: { [otherToken]: "shop-2" } }),
  async "the merchant may not make this call"(_, database) {
    // The sandbox asks once for itself, and would answer HTTP 500; the second time is that of the handler.
    let calls = 0;
    return start({ database, auth: () => { if (++calls > 1) throw new ProblemError(403); return "shop-1"; } });
  },
  "requests arrive with their JSON cut short": damaged((sent) => ({ ...sent, body: sent.body.subarray(0, -1) })),
  "requests arrive under a path that does not exist": damaged((sent) => ({ ...sent, path: `/elsewhere${sent.path}` })),
  "requests arrive as GET": damaged((sent) => ({ ...sent, method: "GET" })),
  "requests arrive with more bytes than the provider reads": damaged((sent) => ({ ...sent, body: Buffer.concat([Buffer.alloc(65_536, " "), sent.body]) })),
  "requests arrive as text/plain": damaged((sent) => ({ ...sent, headers: { ...sent.headers, "content-type": "text/plain" } })),
  "the provider asks for fewer calls": failing("http-429"),
  "the provider fails": failing("http-500"),
  "the provider cannot answer now": failing("http-503"),
};

const start = async (options: SandboxOptions) => ({
  sandbox: await startSandbox({ tokens: { [token]: "shop-1", [otherToken]: "shop-2" }, ...options }),
});

const cardOf = (params: Params, product: Partial<CatalogueProduct> = {}): CatalogueProduct => {
  const price = Number(params["price"]);
  return { id: BigInt(params["product_id"]!), name: "Card", price, partner_price: price, keys: 2, ...product };
};

const orderOf = (params: Params) => ({ product_id: BigInt(params["product_id"]!), price: Number(params["price"]), txn_id: String(params["txn_id"]) });

const clientOf = ({ url }: Sandbox, of = token) => createClient({ baseUrl: url, auth: bearer(of) });

async function pay(sandbox: Sandbox, params: Params, expected: string, of = token): Promise<void> {
  const result = await clientOf(sandbox, of).pay(orderOf(params));
  if (!("status" in result) || result.status !== expected) throw new Error(`the pay before is ${result.outcome}, should be ${expected}`);
}

async function sell(params: Params, database: string, of = token) {
  const world = await start({ database, catalogue: [cardOf(params)] });
  await pay(world.sandbox, params, "OK", of);
  return world;
}

function damaged(damage: Damage): StateHandler {
  return async (_, database) => ({ ...(await start({ database })), damage });
}

/** The first call of any operation goes wrong, and has no effect. */
function failing(kind: FaultKind): StateHandler {
  return async (_, database) => {
    const world = await start({ database });
    for (const operation of ["check", "pay", "status"] as const) world.sandbox.faults.order({ operation, kind, isServed: false, times: 1 });
    return world;
  };
}
