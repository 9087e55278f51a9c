import { describeIssue, type Encodable } from "@codegames/codec";
import { operations, type SoldProduct } from "@codegames/contract";
import { afterSale, ownError } from "../error-to-tell.ts";
import type { Order, RefusalStatus, Transaction } from "../transaction-store/transaction-store.ts";
import type { Listing, Sale, Shop } from "./sell-once-options.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** An order after an attempt to sell it. */
export interface SaleAttempt {
  readonly transaction: Transaction;
  /** The goods that this attempt sold; undefined when nothing was left. */
  readonly sale: Sale | undefined;
}

/** Settles an order of which nothing was sold. */
export const refuse = <Tx>({ store }: Shop<Tx>, order: Order, status: RefusalStatus): Promise<Transaction> =>
  store.settle(order, () => ({ state: "refused", status }));

/** Sells with effects in the database of the store, in the database transaction that settles the order. */
export async function sellWithinStore<Tx>(shop: Shop<Tx>, order: Order): Promise<SaleAttempt> {
  let sale: Sale | undefined;
  try {
    const transaction = await shop.store.settle(order, async (tx) => {
      sale = readSale(order, await shop.sellWithin?.(order, tx));
      return settlementOf(sale);
    });
    return { transaction, sale };
  } catch (error) {
    // The sale was rolled back. If the commit has succeeded in spite of its error, this leaves the order sold.
    await refuse(shop, order, "TXN_CANCELED");
    throw afterSale(error, sale);
  }
}

/** Takes the lease and sells with effects anywhere; undefined when another call has the lease. */
export async function sellUnderLease<Tx>(
  { store, sell, now, leaseMs }: Shop<Tx>,
  order: Order,
  from: "pending" | "selling",
): Promise<SaleAttempt | undefined> {
  if (!(await store.lease(order, from, now(), now() + leaseMs))) return undefined;
  const sale = readSale(order, await sell?.(order));
  const transaction = await store
    .settle(order, () => settlementOf(sale))
    .catch((error: unknown) => {
      throw afterSale(error, sale);
    });
  if (sale && transaction.state !== "sold") {
    throw ownError(
      new Error(`Cannot settle ${nameOf(order)}: it was sold as ${order.partner_txn_id}, and another call refused it`),
    );
  }
  return { transaction, sale };
}

const settlementOf = (sale: Sale | undefined) =>
  sale ? ({ state: "sold" } as const) : ({ state: "refused", status: "PRODUCT_OUT_OF_STOCK" } as const);

/**
 * Checks the return value of `sell` or `sellWithin`; undefined means out of stock. Throws at anything that could not be
 * answered, before it is settled as a sale or a refusal.
 */
function readSale(order: Order, sold: Sale | "out-of-stock" | undefined): Sale | undefined {
  if (sold === "out-of-stock") return undefined;
  if (typeof sold !== "object" || sold === null) {
    throw ownError(
      new TypeError(`Cannot sell ${nameOf(order)}: the sale must be an object or "out-of-stock", is a ${typeof sold}`),
    );
  }
  const product = soldProductOf(order, { name: "any" }, sold);
  const answer = { status: "OK", partner_txn_id: order.partner_txn_id, product } as const;
  const encoded = operations.pay.response.codec.encode(answer);
  if (encoded.ok) return sold;
  throw ownError(
    new TypeError(`Cannot sell ${nameOf(order)}: ${encoded.issue.pointer} ${describeIssue(encoded.issue)}`),
  );
}

const nameOf = ({ txn_id }: Order) => JSON.stringify(txn_id);

/** The product of the answer to a pay. */
export const soldProductOf = (
  { product_id, price }: Order,
  { name, shortDescription }: Pick<Listing, "name" | "shortDescription">,
  sale: Sale,
): Encodable<SoldProduct> => withoutUndefined({ id: product_id, name, shortDescription, price, ...sale });
