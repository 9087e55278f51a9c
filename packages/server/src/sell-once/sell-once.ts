import type { Provider } from "../gen/provider.ts";
import { check } from "./check.ts";
import { readOptions, type SellOnceOptions } from "./options.ts";
import { pay } from "./pay.ts";
import { recover, status } from "./recover.ts";

/** A provider that sells each transaction at most once. */
export interface SellOnce extends Provider {
  /**
   * Decides every undecided pay whose lease (`leaseMs`) has expired, as `status` would one by one. A crash of a moment ago
   * is not among them yet: call it at start, and every `leaseMs` from then on.
   *
   * Returns how many pays it decided, and the errors of those that it could not decide: they stay undecided. Rejects when
   * the store cannot be read.
   */
  recover(): Promise<{ decided: number; errors: unknown[] }>;
}

/**
 * Makes a provider that sells each `txn_id` of a merchant at most once, over a store of transactions. It keeps the order of
 * checks, handles duplicates, races and crashes, remembers refusals and isolates merchants (interpretations A3 to A8, B1,
 * B4, B13, E3).
 *
 * A pay is committed as undecided before anything else, decided once, and remembered for good. `status` never answers
 * `TXN_NOT_FOUND` for an accepted pay: it answers HTTP 503 while the pay is undecided, and `TXN_CANCELED` once it is refused.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { bearer, createHandler, sellOnce, toNodeListener } from "@codegames/server";
 * import { openSqliteStore } from "@codegames/server/sqlite-store";
 *
 * const listing = { name: "PSN USA 100 USD", price: 50000, partner_price: 45000, isInStock: true };
 * const provider = sellOnce({
 *   store: openSqliteStore({ file: ":memory:" }),
 *   findProduct: (id) => (id === 1234567890n ? listing : undefined),
 *   sell: (order) => ({ productKey: `KEY-${order.partner_txn_id}` }),
 * });
 * const handler = createHandler(provider, { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) });
 * createServer(toNodeListener(handler)).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 * ```
 *
 * @throws A `TypeError` that names the wrong option, its value and what is allowed.
 */
export function sellOnce<Tx>(options: SellOnceOptions<Tx>): SellOnce {
  const shop = readOptions(options);
  return {
    check: ({ product_id }, context) => check(shop, product_id, context),
    pay: (request, { merchant }) => pay(shop, request, merchant),
    status: ({ txn_id }, { merchant }) => status(shop, { merchant, txn_id }),
    recover: () => recover(shop),
  };
}
