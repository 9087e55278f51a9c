import type { IncomingHttpHeaders } from "node:http";
import { bearer, createClient } from "@codegames/client";
import type { CatalogueProduct, FaultKind, Sandbox, SandboxOptions } from "@codegames/sandbox";
import { slowProduct, startSandbox } from "@codegames/sandbox";
import { ProblemError } from "@codegames/server";
import { token } from "./interaction.ts";

/** A request on its way to the sandbox. */
export interface SentRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Changes a request as a gateway would. */
export type RequestChange = (sent: SentRequest) => SentRequest;

/** A sandbox in a state, and the gateway before it, if any. */
export interface ProviderState {
  sandbox: Sandbox;
  changeRequest?: RequestChange;
}

type Params = Record<string, string | number>;

/** Starts a sandbox and brings it into a state. */
export type StateHandler = (params: Params, database: string) => Promise<ProviderState>;

export type StateHandlers = Readonly<Record<string, StateHandler>>;

const otherToken = "EXAMPLE-TOKEN-OF-ANOTHER";

/** The handlers of all states of the pact. */
export const stateHandlers: StateHandlers = {
  "the card is in stock": (params, database) => start({ database, catalogue: [cardOf(params)] }),
  "the top-up is for sale": (params, database) => start({ database, catalogue: [cardOf(params, { keys: "none" })] }),
  "there is no such product": (_, database) => start({ database, catalogue: [] }),
  "the card is out of stock": (params, database) => start({ database, catalogue: [cardOf(params, { keys: 0 })] }),
  "the card costs more": (params, database) =>
    start({ database, catalogue: [cardOf(params, { price: Number(params["price"]) + 1 })] }),

  "the card was sold under this txn_id": sell,
  async "the card was sold under this txn_id, and costs more since"(params, database) {
    const started = await sell(params, database);
    const body = JSON.stringify({ price: Number(params["price"]) + 1 });
    const changed = await fetch(`${started.sandbox.adminUrl}/products/${params["product_id"]}`, {
      method: "PATCH",
      body,
    });
    if (!changed.ok) throw new Error(`Cannot change the price: HTTP ${changed.status}`);
    return started;
  },
  "another merchant bought the card under this txn_id": (params, database) => sell(params, database, otherToken),
  "nothing was paid under this txn_id": (_, database) => start({ database }),
  async "the payment under this txn_id was refused"(params, database) {
    const started = await start({ database, catalogue: [] });
    await pay(started.sandbox, params, "PRODUCT_NOT_FOUND");
    return started;
  },
  async "the payment is accepted and not decided yet"(params, database) {
    const slow = { ...params, product_id: String(slowProduct.id) };
    const started = await start({ database, catalogue: [cardOf(slow, { name: slowProduct.name })] });
    const client = createClientOf(started.sandbox);
    let isOver = false;
    void client.pay(orderOf(slow)).then(() => (isOver = true));
    // Only its status shows when the payment is accepted.
    for (;;) {
      const answer = await client.status(orderOf(slow));
      if ("httpStatus" in answer && answer.httpStatus === 503) return started;
      if (isOver) throw new Error("The pay ended before its status was HTTP 503");
    }
  },

  "the credentials are not known": (_, database) => start({ database, tokens: { [otherToken]: "shop-2" } }),
  async "the merchant may not make this call"(_, database) {
    // The sandbox calls `auth` first, and an error there becomes HTTP 500; the second call is the handler's.
    let calls = 0;
    return start({
      database,
      auth: () => {
        if (++calls > 1) throw new ProblemError(403);
        return "shop-1";
      },
    });
  },
  "requests arrive with their JSON cut short": withRequestChange((sent) => ({
    ...sent,
    body: sent.body.subarray(0, -1),
  })),
  "requests arrive under a path that does not exist": withRequestChange((sent) => ({
    ...sent,
    path: `/elsewhere${sent.path}`,
  })),
  "requests arrive as GET": withRequestChange((sent) => ({ ...sent, method: "GET" })),
  "requests arrive with more bytes than the provider reads": withRequestChange((sent) => {
    return { ...sent, body: Buffer.concat([Buffer.alloc(65_536, " "), sent.body]) };
  }),
  "requests arrive as text/plain": withRequestChange((sent) => {
    return { ...sent, headers: { ...sent.headers, "content-type": "text/plain" } };
  }),
  "the provider asks for fewer calls": withFault("http-429"),
  "the provider fails": withFault("http-500"),
  "the provider cannot answer now": withFault("http-503"),
};

const start = async (options: SandboxOptions) => ({
  sandbox: await startSandbox({ tokens: { [token]: "shop-1", [otherToken]: "shop-2" }, ...options }),
});

const cardOf = (params: Params, product: Partial<CatalogueProduct> = {}): CatalogueProduct => {
  const price = Number(params["price"]);
  return { id: BigInt(params["product_id"]!), name: "Card", price, partner_price: price, keys: 2, ...product };
};

const orderOf = (params: Params) => ({
  product_id: BigInt(params["product_id"]!),
  price: Number(params["price"]),
  txn_id: String(params["txn_id"]),
});

const createClientOf = ({ url }: Sandbox, bearerToken = token) =>
  createClient({ baseUrl: url, auth: bearer(bearerToken) });

/** Pays and checks the status of the answer. */
async function pay(sandbox: Sandbox, params: Params, expected: string, bearerToken = token): Promise<void> {
  const result = await createClientOf(sandbox, bearerToken).pay(orderOf(params));
  if (!("status" in result) || result.status !== expected) {
    throw new Error(`Cannot prepare the state: pay must be ${expected}, is ${result.outcome}`);
  }
}

async function sell(params: Params, database: string, bearerToken = token) {
  const started = await start({ database, catalogue: [cardOf(params)] });
  await pay(started.sandbox, params, "OK", bearerToken);
  return started;
}

function withRequestChange(changeRequest: RequestChange): StateHandler {
  return async (_, database) => ({ ...(await start({ database })), changeRequest });
}

/** The first call of each operation fails and has no effect. */
function withFault(kind: FaultKind): StateHandler {
  return async (_, database) => {
    const started = await start({ database });
    for (const operation of ["check", "pay", "status"] as const) {
      started.sandbox.faults.order({ operation, kind, isServed: false, times: 1 });
    }
    return started;
  };
}
