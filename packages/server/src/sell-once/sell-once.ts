import type { Provider } from "../gen/provider.ts";
import { check } from "./check.ts";
import { pay } from "./pay.ts";
import { recover, type Recovery } from "./recover.ts";
import { readSellOnceOptions, type SellOnceOptions } from "./sell-once-options.ts";
import { status } from "./status.ts";

/** A provider that also decides the pays that a crash left open. */
export interface SellOnce extends Provider {
  /**
   * Decides every undecided pay whose lease (`leaseMs`) has expired, as `status` would one by one. Call it at start,
   * and then every `leaseMs`: a pay that a crash has just left open must wait for its lease. A pay that cannot be
   * decided stays undecided, and its error is in `errors`. Rejects when the store cannot be read.
   */
  recover(): Promise<Recovery>;
}

/**
 * Makes a provider that sells each `txn_id` of a merchant at most once, over a transaction store. It takes care of the
 * order of checks, duplicates, races, refusals, merchants kept apart, and crashes (interpretations A3 to A8, B1, B4,
 * B13 and E3).
 *
 * A pay is committed as undecided before anything else, decided once, and remembered for good. For a pay that was
 * accepted `status` never says `TXN_NOT_FOUND`: it says 503 while the pay is undecided, and `TXN_CANCELED` when it was
 * refused.
 *
 * @example
 *   ```ts
 *   import { createServer } from "node:http";
 *   import { bearer, createHandler, sellOnce, toNodeListener } from "@codegames/server";
 *   import { openSqliteStore } from "@codegames/server/sqlite-store";
 *
 *   const card = { name: "PSN USA 100 USD", price: 50000, partner_price: 45000, isInStock: true };
 *   const shop = sellOnce({
 *     store: openSqliteStore({ file: ":memory:" }), // a file keeps the sales
 *     findProduct: (id) => (id === 1234567890n ? card : undefined),
 *     // Called again after a crash: the same partner_txn_id must give the same key.
 *     sell: ({ partner_txn_id }) => ({ productKey: `KEY-${partner_txn_id}` }),
 *   });
 *   const handler = createHandler(shop, { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) });
 *   createServer(toNodeListener(handler)).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 *   ```
 *
 * @throws A `TypeError` when an option is wrong; the message names it.
 */
export function sellOnce<Tx>(options: SellOnceOptions<Tx>): SellOnce {
  const shop = readSellOnceOptions(options);
  return {
    check: (request, context) => check(shop, request, context),
    pay: (request, { merchant }) => pay(shop, request, merchant),
    status: (request, { merchant }) => status(shop, request, merchant),
    recover: () => recover(shop),
  };
}
