import { randomUUID } from "node:crypto";
import { describeIssue, type Encodable } from "@codegames/codec";
import { operations, type PayResponse, type SoldProduct } from "@codegames/contract";
import type { Provider } from "./gen/provider.ts";
import { ProblemError } from "./problem-error.ts";
import type { Order, RefusalStatus, Transaction, TransactionStore } from "./transaction-store.ts";

/** A product as a shop knows it. */
export interface Listing {
  name: string;
  /** What the customer pays, and `pay` must name. */
  price: number;
  /** What the merchant owes. */
  partnerPrice: number;
  inStock: boolean;
  shortDescription?: string;
  addInfo?: Record<string, unknown>;
}

/** What the customer gets: at least nothing, for a top-up that has no key. */
export type Sale = Pick<Encodable<SoldProduct>, "productKey" | "addInfo">;

/** Sells; `"out-of-stock"` when there is nothing left after all. */
type Sell<Rest extends unknown[]> = (order: Order, ...rest: Rest) => Sale | "out-of-stock" | Promise<Sale | "out-of-stock">;

/** What a shop gives `sellOnce`. */
export interface SellOnceOptions<Tx> {
  store: TransactionStore<Tx>;
  /** Looks a product up, for `check` and for `pay`; undefined when there is none for this merchant. No effects. */
  findProduct(productId: bigint, context: { readonly merchant: string }): Listing | undefined | Promise<Listing | undefined>;
  /**
   * Sells, with whatever effects. It is called again with the same `partnerTxnId` when a crash or an error left open what
   * became of it, and also while the first call still runs once the lease is over: it must then give the same sale.
   * Give this or `sellWithin`.
   */
  sell?: Sell<[]>;
  /**
   * Sells with effects in the database of the store alone, through `tx`: they and the settlement are one transaction. It
   * must not wait for anybody else: SQLite lets no other sale in meanwhile.
   */
  sellWithin?: Sell<[tx: Tx]>;
  /**
   * Gives again what was sold, for an exact repeat of a pay: then it is answered like the first time, and otherwise
   * with `TXN_DUPLICATE` (interpretation A5). Default none.
   */
  replay?(order: Order): Sale | Promise<Sale>;
  /** How long an undecided pay is left to the one who is at work on it, in milliseconds from 1. Default 60000. */
  leaseMs?: number;
  /** Unix time in milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** A provider, and what it left open. */
export interface SellOnce extends Provider {
  /**
   * Decides every undecided pay whose lease (`leaseMs`) is over, as `status` would one by one: what a crash left open a moment
   * ago is not yet. Call it at start, and every `leaseMs` from then on. Gives how many it decided, and the errors of those that it could not: they stay undecided. Rejects when the store cannot be read.
   */
  recover(): Promise<{ decided: number; errors: unknown[] }>;
}

/**
 * A provider that sells each `txn_id` of a merchant at most once, over a store of transactions: the order of checks,
 * duplicates, races, refusals, isolation of merchants and crashes, by interpretations A3 to A8, B1, B4, B13 and E3.
 *
 * A pay is committed as undecided before anything else, decided once, and remembered for good. `status` never says
 * `TXN_NOT_FOUND` of a pay that was accepted: 503 while it is undecided, `TXN_CANCELED` when it was refused. Throws a
 * `TypeError` when an option is wrong.
 */
export function sellOnce<Tx>(options: SellOnceOptions<Tx>): SellOnce {
  const { store, findProduct, sell, sellWithin, replay, leaseMs = 60_000, now = Date.now } = checked(options);

  /** Nothing was sold of it. */
  const refuse = (order: Order, status: RefusalStatus) => store.settle(order, () => ({ state: "refused", status }));

  /** Sells within the database, in the transaction that settles it. */
  async function sellHere(order: Order): Promise<Sold> {
    let sale: Sale | undefined;
    try {
      const transaction = await store.settle(order, async (tx) => {
        sale = saleOf(order, await sellWithin?.(order, tx));
        return sale ? { state: "sold" } : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" };
      });
      return { transaction, sale };
    } catch (error) {
      // It was undone. If the commit had its effect all the same, this leaves it sold.
      await refuse(order, "TXN_CANCELED");
      throw error;
    }
  }

  /** Sells elsewhere, under a lease. */
  async function sellElsewhere(order: Order): Promise<Sold> {
    const sale = saleOf(order, await sell?.(order));
    const transaction = await store.settle(order, () => (sale ? { state: "sold" } : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" }));
    if (sale && transaction.state !== "sold") {
      throw new Error(`Cannot settle ${JSON.stringify(order.txnId)}: it was sold as ${order.partnerTxnId}, and another call refused it`);
    }
    return { transaction, sale };
  }

  /** Decides what a crash or an error left open, once its lease is over; gives it as it is now. */
  async function recoverOne(left: Transaction): Promise<Transaction> {
    if (!("leaseUntilMs" in left) || left.leaseUntilMs > now()) return left;
    if (left.state === "pending") return refuse(left, "TXN_CANCELED");
    const isMine = await store.lease(left, "selling", now(), now() + leaseMs);
    return isMine ? (await sellElsewhere(left)).transaction : left;
  }

  return {
    async check({ product_id }, context) {
      const listing = await findProduct(product_id, context);
      if (!listing) return { status: "PRODUCT_NOT_FOUND" };
      if (!listing.inStock) return { status: "PRODUCT_OUT_OF_STOCK" };
      const { name, price, partnerPrice, shortDescription, addInfo } = listing;
      return { status: "OK", product: defined({ id: product_id, name, shortDescription, price, partner_price: partnerPrice, addInfo }) };
    },

    async pay({ product_id, price, txn_id }, { merchant }) {
      checkTxnId(txn_id);
      const createdAtMs = now();
      const order: Order = { merchant, txnId: txn_id, productId: product_id, price, partnerTxnId: randomUUID(), createdAtMs };
      const known = await store.claim({ ...order, state: "pending", leaseUntilMs: createdAtMs + leaseMs });
      if (known) return repeated(known, order);
      const listing = await decided(order);
      if (typeof listing === "string") return { status: listing };
      // Whoever found the lease over has cancelled it: then nothing may be sold any more.
      if (sell && !(await store.lease(order, "pending", now(), now() + leaseMs))) throw new ProblemError(503);
      const { transaction, sale } = await (sell ? sellElsewhere(order) : sellHere(order));
      if (transaction.state === "sold") {
        return { status: "OK", partner_txn_id: order.partnerTxnId, ...(sale && { product: productOf(order, listing, sale) }) };
      }
      if (transaction.state === "refused" && transaction.status !== "TXN_CANCELED") return { status: transaction.status };
      throw new ProblemError(503);
    },

    async status({ txn_id }, { merchant }) {
      checkTxnId(txn_id);
      const found = await store.find({ merchant, txnId: txn_id });
      if (!found) return { status: "TXN_NOT_FOUND" };
      const transaction = await recoverOne(found);
      if (transaction.state === "refused") return { status: "TXN_CANCELED", comment: transaction.status };
      if (transaction.state !== "sold") throw new ProblemError(503);
      return { status: "OK", partner_txn_id: transaction.partnerTxnId };
    },

    async recover() {
      const left = await store.abandoned(now());
      const errors: unknown[] = [];
      for (const transaction of left) await recoverOne(transaction).catch((error: unknown) => errors.push(error));
      return { decided: left.length - errors.length, errors };
    },
  };

  /** The product that may be sold, or the refusal, which is settled by then. */
  async function decided(order: Order): Promise<Listing | Refusal> {
    let listing: Listing | undefined;
    try {
      listing = await findProduct(order.productId, order);
    } catch (error) {
      await refuse(order, "TXN_CANCELED");
      throw error;
    }
    // So late that others may take it for abandoned, or that a merchant was told TXN_NOT_FOUND before it was claimed.
    const isLate = now() - order.createdAtMs >= leaseMs;
    const status = isLate ? "TXN_CANCELED" : refusalFor(order, listing);
    if (listing && !status) return listing;
    const transaction = await refuse(order, status ?? "PRODUCT_NOT_FOUND");
    if (transaction.state === "refused" && transaction.status !== "TXN_CANCELED") return transaction.status;
    throw new ProblemError(503);
  }

  /** Interpretations A4 and A5: the same id again sells nothing, whatever it asks for. */
  async function repeated(known: Transaction, { productId, price }: Order): Promise<Encodable<PayResponse>> {
    const isExact = known.productId === productId && known.price === price;
    if (replay && isExact && known.state === "refused" && known.status !== "TXN_CANCELED") return { status: known.status };
    if (replay && isExact && known.state === "sold") {
      const listing = (await findProduct(productId, known)) ?? { name: String(productId) };
      return { status: "OK", partner_txn_id: known.partnerTxnId, product: productOf(known, listing, await replay(known)) };
    }
    return { status: "TXN_DUPLICATE", partner_txn_id: known.partnerTxnId };
  }
}

interface Sold {
  transaction: Transaction;
  /** What was sold by this call. */
  sale: Sale | undefined;
}

type Refusal = Exclude<RefusalStatus, "TXN_CANCELED">;

/** Product, price, stock, in this order (interpretation A3). */
function refusalFor({ price }: Order, listing: Listing | undefined): Refusal | undefined {
  if (!listing) return "PRODUCT_NOT_FOUND";
  if (listing.price !== price) return "WRONG_PRICE";
  return listing.inStock ? undefined : "PRODUCT_OUT_OF_STOCK";
}

/** What was sold; undefined when there was nothing left. Throws at anything else, before it is settled as a sale or a refusal. */
function saleOf(order: Order, sold: Sale | "out-of-stock" | undefined): Sale | undefined {
  if (sold === "out-of-stock") return undefined;
  if (typeof sold !== "object" || sold === null) throw new TypeError(`Cannot sell ${JSON.stringify(order.txnId)}: the sale must be an object or "out-of-stock", is a ${typeof sold}`);
  const answer = { status: "OK", partner_txn_id: order.partnerTxnId, product: productOf(order, { name: "any" }, sold) } as const;
  const encoded = operations.pay.response.codec.encode(answer);
  if (!encoded.ok) throw new TypeError(`Cannot sell ${JSON.stringify(order.txnId)}: ${encoded.issue.pointer} ${describeIssue(encoded.issue)}`);
  return sold;
}

/** A database compares texts byte for byte (interpretation A8), and holds neither NUL nor half a character. */
function checkTxnId(txnId: string): void {
  if (txnId.includes("\0") || !txnId.isWellFormed()) {
    throw new ProblemError(400, { detail: "txn_id must be well-formed Unicode without NUL." });
  }
}

const productOf = ({ productId, price }: Order, { name, shortDescription }: Pick<Listing, "name" | "shortDescription">, sale: Sale): Encodable<SoldProduct> =>
  defined({ id: productId, name, shortDescription, price, ...sale });

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

function checked<Tx>(options: SellOnceOptions<Tx>): SellOnceOptions<Tx> {
  const refused = (name: string, reason: string) => new TypeError(`Cannot sell: option ${name} ${reason}`);
  if (typeof options?.store?.claim !== "function") throw refused("store", "must be a store of transactions");
  if (typeof options.findProduct !== "function") throw refused("findProduct", `must be a function, is ${typeof options.findProduct}`);
  for (const name of ["sell", "sellWithin", "replay", "now"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "function") throw refused(name, `must be a function, is ${typeof options[name]}`);
  }
  if (!options.sell === !options.sellWithin) throw new TypeError("Cannot sell: give either sell or sellWithin");
  const { leaseMs = 1 } = options;
  if (!(Number.isSafeInteger(leaseMs) && leaseMs >= 1)) throw refused("leaseMs", `must be a whole number from 1, is ${leaseMs}`);
  return options;
}
