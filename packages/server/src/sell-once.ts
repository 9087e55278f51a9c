import { randomUUID } from "node:crypto";
import type { Encodable, PayResponse, SoldProduct } from "@codegames/contract";
import type { Provider } from "./gen/provider.ts";
import { ProblemError } from "./problem-error.ts";
import type { Order, Settlement, Transaction, TransactionStore } from "./transaction-store.ts";

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

export interface SellOnceOptions<Tx> {
  store: TransactionStore<Tx>;
  /** Looks a product up, for `check` and for `pay`; undefined when there is none for this merchant. No effects. */
  findProduct(productId: bigint, context: { readonly merchant: string }): Listing | undefined | Promise<Listing | undefined>;
  /**
   * Sells, with whatever effects. It is called again with the same `partnerTxnId` when a crash, an error or the time of
   * the handler left open what became of it, and then gives the same sale. Give this or `sellWithin`.
   */
  sell?: Sell<[]>;
  /**
   * Sells with effects in the database of the store alone, through `tx`: they and the settlement are one transaction. It
   * must not wait for anybody else: SQLite lets no other sale in meanwhile.
   */
  sellWithin?: Sell<[tx: Tx]>;
  /**
   * Gives again what was sold, for an exact repeat of a pay: then it is answered like the first time, and otherwise
   * with `TXN_DUPLICATE` (reading A5). Default none.
   */
  replay?(order: Order): Sale | Promise<Sale>;
  /** After how long an undecided pay counts as crashed, in milliseconds; then `status` decides it anew. Default 60000. */
  leaseMs?: number;
  /** Unix time in milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** A provider, and what it left open. */
export interface SellOnce extends Provider {
  /** Decides every undecided pay older than the lease, as `status` would one by one; call it at start. Gives their number. */
  recover(): Promise<number>;
}

/**
 * A provider that sells each `txn_id` of a merchant at most once, over a store of transactions: the order of checks,
 * duplicates, races, refusals, isolation of merchants and crashes, by readings A3 to A8, B1, B4, B13 and E3.
 *
 * A pay is committed as undecided before anything is sold, decided once, and remembered for good. `status` never says
 * `TXN_NOT_FOUND` of a pay that was accepted: 503 while it is undecided, `TXN_CANCELED` when it was refused.
 */
export function sellOnce<Tx>(options: SellOnceOptions<Tx>): SellOnce {
  const { store, findProduct, sell, sellWithin, replay, leaseMs = 60_000, now = Date.now } = options;
  if (!sell === !sellWithin) throw new TypeError("Cannot sell: give either sell or sellWithin");

  /** Sells a transaction that was claimed, and settles it; what was sold, if it was now. */
  async function finish(order: Order): Promise<{ transaction: Transaction; sale: Sale | undefined }> {
    let sale = await sell?.(order);
    const transaction = await store.settle(order, async (tx): Promise<Settlement> => {
      sale ??= await sellWithin?.(order, tx);
      return isSale(sale) ? { state: "sold" } : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" };
    });
    return { transaction, sale: isSale(sale) ? sale : undefined };
  }

  /** Ends a transaction of which nothing was sold. */
  const cancel = (order: Order) => store.settle(order, () => ({ state: "refused", status: "TXN_CANCELED" }));

  /**
   * Decides a transaction that a crash left open. What was to be sold within the database was not: it is cancelled. What
   * was sold elsewhere is asked for again.
   */
  const decide = async (order: Order) => (sellWithin ? cancel(order) : (await finish(order)).transaction);

  const cancelAfter = (order: Order) => async (error: unknown): Promise<never> => {
    await cancel(order);
    throw error;
  };

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
      const order: Order = { merchant, txnId: txn_id, productId: product_id, price, partnerTxnId: randomUUID(), createdAtMs: now() };
      const listing = await findProduct(product_id, { merchant });
      const status = refusalFor(order, listing);
      // By now the merchant may have been told TXN_NOT_FOUND for long enough to give the money back.
      if (now() - order.createdAtMs >= leaseMs) throw new ProblemError(503);
      // The transaction first (reading A3): one that is known is not decided by product, price or stock.
      const known = await store.claim(status ? { ...order, state: "refused", status } : { ...order, state: "pending" });
      if (known) return repeated(known, order);
      if (status || !listing) return { status: status ?? "PRODUCT_NOT_FOUND" };
      const { transaction, sale } = await (sellWithin ? finish(order).catch(cancelAfter(order)) : finish(order));
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
      const isLeft = found.state === "pending" && now() - found.createdAtMs >= leaseMs;
      const transaction = isLeft ? await decide(found) : found;
      if (transaction.state === "pending") throw new ProblemError(503);
      if (transaction.state === "refused") return { status: "TXN_CANCELED", comment: transaction.status };
      return { status: "OK", partner_txn_id: transaction.partnerTxnId };
    },

    async recover() {
      const open = await store.pending(now() - leaseMs);
      for (const transaction of open) await decide(transaction);
      return open.length;
    },
  };

  /** Readings A4 and A5: the same id again sells nothing, whatever it asks for. */
  async function repeated(known: Transaction, { productId, price }: Order): Promise<Encodable<PayResponse>> {
    const isExact = known.productId === productId && known.price === price;
    if (replay && isExact && known.state === "refused" && known.status !== "TXN_CANCELED") return { status: known.status };
    if (replay && isExact && known.state === "sold") {
      const listing = await findProduct(productId, known);
      const product = listing && productOf(known, listing, await replay(known));
      return { status: "OK", partner_txn_id: known.partnerTxnId, ...(product && { product }) };
    }
    return { status: "TXN_DUPLICATE", partner_txn_id: known.partnerTxnId };
  }
}

/** Product, price, stock, in this order (reading A3). */
function refusalFor({ price }: Order, listing: Listing | undefined) {
  if (!listing) return "PRODUCT_NOT_FOUND";
  if (listing.price !== price) return "WRONG_PRICE";
  return listing.inStock ? undefined : "PRODUCT_OUT_OF_STOCK";
}

/** A database compares texts byte for byte (reading A8), and holds neither NUL nor half a character. */
function checkTxnId(txnId: string): void {
  if (txnId.includes("\0") || !txnId.isWellFormed()) {
    throw new ProblemError(400, { detail: "txn_id must be well-formed Unicode without NUL." });
  }
}

const isSale = (sale: Sale | "out-of-stock" | undefined): sale is Sale => sale !== undefined && sale !== "out-of-stock";

const productOf = ({ productId, price }: Order, { name, shortDescription }: Listing, sale: Sale): Encodable<SoldProduct> =>
  defined({ id: productId, name, shortDescription, price, ...sale });

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
