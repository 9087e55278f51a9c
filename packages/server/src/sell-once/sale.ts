import { describeIssue, type Encodable } from "@codegames/codec";
import { operations, type SoldProduct } from "@codegames/contract";
import type { Order, RefusalStatus, Transaction, TransactionStore } from "../transaction-store/transaction-store.ts";
import type { Listing, Sale, Shop } from "./options.ts";

/** The end of a sale: the settled transaction, and the sale if this call made it. */
export interface Sold {
  transaction: Transaction;
  sale: Sale | undefined;
}

/** Settles an order of which nothing was sold. */
export const refuse = <Tx>(store: TransactionStore<Tx>, order: Order, status: RefusalStatus): Promise<Transaction> =>
  store.settle(order, () => ({ state: "refused", status }));

/** Sells with `sellWithin`, in the database transaction that settles the order. */
export async function sellInTransaction<Tx>({ store, sellWithin }: Shop<Tx>, order: Order): Promise<Sold> {
  let sale: Sale | undefined;
  try {
    const transaction = await store.settle(order, async (tx) => {
      sale = saleOf(order, await sellWithin?.(order, tx));
      return sale ? { state: "sold" } : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" };
    });
    return { transaction, sale };
  } catch (error) {
    // The sale was rolled back. If its commit succeeded all the same, this leaves the order sold.
    await refuse(store, order, "TXN_CANCELED");
    throw error;
  }
}

/** Sells with `sell`, under the lease of the order, and then settles it. */
export async function sellUnderLease<Tx>({ store, sell }: Shop<Tx>, order: Order): Promise<Sold> {
  const sale = saleOf(order, await sell?.(order));
  const transaction = await store.settle(order, () =>
    sale ? { state: "sold" } : { state: "refused", status: "PRODUCT_OUT_OF_STOCK" },
  );
  if (sale && transaction.state !== "sold") {
    const { txn_id, partner_txn_id } = order;
    throw new Error(
      `Cannot settle ${JSON.stringify(txn_id)}: it was sold as ${partner_txn_id}, and another call refused it`,
    );
  }
  return { transaction, sale };
}

/**
 * Checks what the shop returned before it counts as a sale or a refusal; undefined when nothing was left.
 *
 * @throws A `TypeError` when it is neither a sale nor `"out-of-stock"`.
 */
function saleOf(order: Order, sold: Sale | "out-of-stock" | undefined): Sale | undefined {
  if (sold === "out-of-stock") return undefined;
  const action = `Cannot sell ${JSON.stringify(order.txn_id)}`;
  if (typeof sold !== "object" || sold === null) {
    throw new TypeError(`${action}: the sale must be an object or "out-of-stock", is a ${typeof sold}`);
  }
  const product = soldProduct(order, { name: "any" }, sold);
  const { partner_txn_id } = order;
  const encoded = operations.pay.response.codec.encode({ status: "OK", partner_txn_id, product });
  if (!encoded.ok) throw new TypeError(`${action}: ${encoded.issue.pointer} ${describeIssue(encoded.issue)}`);
  return sold;
}

/** The product of a pay's answer. */
export function soldProduct(
  { product_id, price }: Order,
  { name, shortDescription }: Pick<Listing, "name" | "shortDescription">,
  sale: Sale,
): Encodable<SoldProduct> {
  return defined({ id: product_id, name, shortDescription, price, ...sale });
}

/** Leaves out the members that are undefined. */
export function defined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
