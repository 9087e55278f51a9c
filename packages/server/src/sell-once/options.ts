import type { Encodable, SoldProduct } from "@codegames/contract";
import type { Order, TransactionStore } from "../transaction-store/transaction-store.ts";

/** A product as a shop lists it. */
export interface Listing {
  name: string;
  /** The customer's price, which `pay` must name. */
  price: number;
  /** The merchant's price. */
  partner_price: number;
  isInStock: boolean;
  shortDescription?: string;
  addInfo?: Record<string, unknown>;
}

/** The secrets that the customer gets. A top-up without a key has none. */
export type Sale = Pick<Encodable<SoldProduct>, "productKey" | "addInfo">;

/** Sells an order. `"out-of-stock"` means that nothing is left after all. */
type Sell<Rest extends unknown[]> = (
  order: Order,
  ...rest: Rest
) => Sale | "out-of-stock" | Promise<Sale | "out-of-stock">;

/** Options of `sellOnce`. */
export interface SellOnceOptions<Tx> {
  store: TransactionStore<Tx>;
  /** Finds a product for `check` and `pay`, without effects; undefined when this merchant cannot buy it. */
  findProduct(
    productId: bigint,
    context: { readonly merchant: string },
  ): Listing | undefined | Promise<Listing | undefined>;
  /**
   * Sells, with any effects. Give this or `sellWithin`.
   *
   * Hazard: it is called again with the same `partner_txn_id` after a crash or an error that left the sale open, and even
   * while the first call still runs once the lease has expired. It must then return the same sale.
   */
  sell?: Sell<[]>;
  /**
   * Sells with effects in the store's database only, through `tx`. The effects and the settlement are one transaction.
   *
   * Hazard: await only this database. With SQLite, all other sales are blocked meanwhile.
   */
  sellWithin?: Sell<[tx: Tx]>;
  /**
   * Returns an earlier sale again. With it, an exact repeat of a pay gets the first answer; without it, `TXN_DUPLICATE`
   * (interpretation A5).
   */
  replay?(order: Order): Sale | Promise<Sale>;
  /**
   * How long an undecided pay belongs to the process that works on it, in milliseconds from 1.
   *
   * @default 60000
   */
  leaseMs?: number;
  /**
   * Unix time in milliseconds.
   *
   * @default Date.now
   */
  now?: () => number;
}

/** Options that were checked, with their defaults. */
export type Shop<Tx> = SellOnceOptions<Tx> & { leaseMs: number; now(): number };

/** @throws A `TypeError` that names the wrong option, its value and what is allowed. */
export function readOptions<Tx>(options: SellOnceOptions<Tx>): Shop<Tx> {
  if (typeof options?.store?.insertIfNew !== "function") throw wrong("store", "must be a store of transactions");
  if (typeof options.findProduct !== "function") {
    throw wrong("findProduct", `must be a function, is ${typeof options.findProduct}`);
  }
  for (const name of ["sell", "sellWithin", "replay", "now"] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== "function") {
      throw wrong(name, `must be a function, is ${typeof value}`);
    }
  }
  if (!options.sell === !options.sellWithin) throw new TypeError("Cannot sell: give either sell or sellWithin");
  const { leaseMs = 60_000, now = Date.now } = options;
  if (!(Number.isSafeInteger(leaseMs) && leaseMs >= 1)) {
    throw wrong("leaseMs", `must be a whole number from 1, is ${leaseMs}`);
  }
  return { ...options, leaseMs, now };
}

const wrong = (name: string, reason: string) => new TypeError(`Cannot sell: option ${name} ${reason}`);
