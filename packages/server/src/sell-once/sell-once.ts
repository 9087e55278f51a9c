import type { Encodable } from "@codegames/codec";
import type {
  CheckRequest,
  CheckResponse,
  PayRequest,
  PayResponse,
  StatusRequest,
  StatusResponse,
} from "@codegames/contract";
import type { Provider } from "../gen/provider.ts";
import { check } from "./check.ts";
import { pay } from "./pay.ts";
import { recoverEvery, type RecoverEveryOptions } from "./recover-every.ts";
import { recover, type Recovery } from "./recover.ts";
import { type Caller, readSellOnceOptions, type SellOnceOptions } from "./sell-once-options.ts";
import { status } from "./status.ts";

/** A provider that also decides the pays that a crash left open. Without a handler, call it with a merchant alone. */
export interface SellOnce extends Provider {
  check(request: CheckRequest, context: Caller): Promise<Encodable<CheckResponse>>;
  pay(request: PayRequest, context: Caller): Promise<Encodable<PayResponse>>;
  status(request: StatusRequest, context: Caller): Promise<Encodable<StatusResponse>>;
  /**
   * Decides every undecided pay whose lease (`leaseMs`) is over, as `status` would one by one. A pay that cannot be
   * decided stays undecided, and its error is in `errors`. While it runs, another call gets the same result. Rejects
   * when the store cannot be read.
   */
  recover(): Promise<Recovery>;
  /**
   * Runs `recover()` now, and again and again `periodMs` after it ended. Call it at start: a pay that a crash left open
   * waits for its lease first. Keeps no process alive.
   *
   * @returns How to stop it; that resolves once the pay that is being decided is, after `leaseMs` at most. Stop it
   *   before the store is closed.
   * @throws A `TypeError` when `periodMs` is no whole number from 1 to 2147483647.
   */
  recoverEvery(periodMs: number, options?: RecoverEveryOptions): () => Promise<void>;
}

/**
 * Makes a provider that sells each `txn_id` of a merchant at most once, over a transaction store. It takes care of the
 * order of checks, duplicates, races, refusals, merchants kept apart, and crashes (interpretations A3 to A8, B1, B4,
 * B13 and E3). Any number of processes may sell from one store. Every decision is a compare-and-set: of two processes
 * that work on one pay, because one of them was frozen or lost its network, one decides.
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
  let recovering: Promise<Recovery> | undefined;
  const recoverNow = (signal?: AbortSignal) =>
    (recovering ??= recover(shop, signal).finally(() => (recovering = undefined)));
  return {
    check: (request, context) => check(shop, request, context),
    pay: (request, context) => pay(shop, request, context),
    status: (request, { merchant }) => status(shop, request, merchant),
    recover: () => recoverNow(),
    recoverEvery: (periodMs, settings) => recoverEvery(recoverNow, periodMs, settings),
  };
}
