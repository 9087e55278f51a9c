import type { Encodable } from "@codegames/codec";
import type { Product, SoldProduct } from "@codegames/contract";
import type { CallContext } from "../handler-options.ts";
import type { Order, TransactionStore } from "../transaction-store/transaction-store.ts";

/**
 * A product as a shop lists it: what the contract says of a product, without its id. `price` is for the customer, and
 * what `pay` must name; `partner_price` is for the merchant. What the contract does not list, or marks as a secret,
 * reaches no answer.
 */
export type Listing = Omit<Encodable<Product>, "id"> & { isInStock: boolean };

/** The goods that a pay delivers; `{}` for a top-up, which has no key. */
export type Sale = Partial<Omit<Encodable<SoldProduct>, "id" | "name" | "price">>;

/** What `sellOnce` goes by: the merchant, and from a handler also which numbers are not what their literals say. */
export type Caller = Pick<CallContext, "merchant"> & Partial<CallContext>;

/** Sells an order; `"out-of-stock"` when nothing is left after all. */
export type Sell<Rest extends unknown[]> = (
  order: Order,
  ...rest: Rest
) => Sale | "out-of-stock" | Promise<Sale | "out-of-stock">;

/** Options of `sellOnce`. Exactly one of `sell` and `sellWithin` is required. */
export interface SellOnceOptions<Tx> {
  /** Remembers the transactions. */
  store: TransactionStore<Tx>;
  /**
   * Finds a product for `check` and `pay`; undefined when this merchant cannot buy it. Without effects. If it throws,
   * the pay is cancelled.
   */
  findProduct(
    productId: bigint,
    context: { readonly merchant: string },
  ): Listing | undefined | Promise<Listing | undefined>;
  /**
   * Sells with effects anywhere. After a crash or an error it is called again with the same `partner_txn_id`, and also
   * while the first call still runs once the lease is over, in another process for example. It must be idempotent: the
   * same `partner_txn_id` gets the same sale, or `"out-of-stock"` again.
   */
  sell?: Sell<[]>;
  /**
   * Sells with effects in the database of the store only, through `tx`: they and the settlement are one database
   * transaction. Await only this database: on SQLite all other sales are blocked meanwhile.
   */
  sellWithin?: Sell<[tx: Tx]>;
  /**
   * Returns an earlier sale again. With it, an exact repeat of a pay gets its first answer; without it, `TXN_DUPLICATE`
   * (interpretation A5).
   */
  replay?(order: Order): Sale | Promise<Sale>;
  /**
   * Time in milliseconds, from 1, for which an undecided pay belongs to the call that works on it, by the clock of the
   * store. Then `status` or `recover` takes it over. Longer than finding and selling take, and than `timeoutMs` of the
   * handler.
   *
   * @default 60000
   */
  leaseMs?: number;
}

type Optional = "sell" | "sellWithin" | "replay";

/** The options after the check, with their defaults. */
export type Shop<Tx> = Required<Omit<SellOnceOptions<Tx>, Optional>> & {
  [Name in Optional]: SellOnceOptions<Tx>[Name];
};

/** Throws a `TypeError` that names the wrong option. */
export function readSellOnceOptions<Tx>(options: SellOnceOptions<Tx>): Shop<Tx> {
  if (typeof options?.store?.insertIfNew !== "function") throw wrongOption("store", "must be a store of transactions");
  if (typeof options.findProduct !== "function") {
    throw wrongOption("findProduct", `must be a function, is ${typeof options.findProduct}`);
  }
  for (const name of ["sell", "sellWithin", "replay"] as const) {
    const kind = typeof options[name];
    if (kind !== "undefined" && kind !== "function") throw wrongOption(name, `must be a function, is ${kind}`);
  }
  if (!options.sell === !options.sellWithin) throw new TypeError("Cannot sell: give either sell or sellWithin");
  const { store, findProduct, sell, sellWithin, replay, leaseMs = 60_000 } = options;
  if (!(Number.isSafeInteger(leaseMs) && leaseMs >= 1)) {
    throw wrongOption("leaseMs", `must be a whole number from 1, is ${leaseMs}`);
  }
  return { store, findProduct, sell, sellWithin, replay, leaseMs };
}

const wrongOption = (name: string, reason: string) => new TypeError(`Cannot sell: option ${name} ${reason}`);
