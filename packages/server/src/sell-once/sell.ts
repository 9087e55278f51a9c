import { describeIssue, type Encodable } from "@codegames/codec";
import { operations, type SoldProduct } from "@codegames/contract";
import { afterSale, ownError } from "../error-to-tell.ts";
import {
  type Order,
  type RefusalStatus,
  settledAs,
  type Settled,
  type Undecided,
} from "../transaction-store/transaction-store.ts";
import { productMembers } from "./product-members.ts";
import type { Listing, Sale, Shop } from "./sell-once-options.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** An order that this call has settled. */
export interface SaleAttempt {
  readonly transaction: Settled;
  /** The goods that this call sold; undefined when nothing was left. */
  readonly sale: Sale | undefined;
}

/** Settles an order of which nothing was sold; undefined when it is no longer as it was seen. */
export async function refuse<Tx>(
  { store }: Shop<Tx>,
  seen: Undecided,
  status: RefusalStatus,
): Promise<Settled | undefined> {
  const settlement = { state: "refused", status } as const;
  return (await store.settle(seen, settlement)) ? settledAs(seen, settlement) : undefined;
}

/**
 * Sells with effects in the database of the store, in the database transaction that settles the order; undefined when
 * its lease is over or somebody else has settled it.
 */
export async function sellWithinStore<Tx>(shop: Shop<Tx>, seen: Undecided): Promise<SaleAttempt | undefined> {
  let sale: Sale | undefined;
  try {
    const settlement = await shop.store.settleWithin(seen, async (tx) => {
      sale = readSale(seen, await shop.sellWithin?.(seen, tx));
      return settlementOf(sale);
    });
    return settlement && { transaction: settledAs(seen, settlement), sale };
  } catch (error) {
    // The sale was rolled back. If the commit has succeeded in spite of its error, this leaves the order sold.
    await refuse(shop, seen, "TXN_CANCELED");
    throw afterSale(error, sale);
  }
}

/**
 * Takes the lease and sells with effects anywhere; undefined when somebody else has taken or settled the order, or the
 * lease of a pending one is over. Whoever loses the lease while `sell` runs leaves the order to the new owner, whose
 * `sell` returns the same sale.
 */
export async function sellUnderLease<Tx>(
  { store, sell, leaseMs }: Shop<Tx>,
  seen: Undecided,
): Promise<SaleAttempt | undefined> {
  const askedAtMs = performance.now();
  const leased = await store.lease(seen, leaseMs);
  // A process that was frozen since it asked may have lost the lease again.
  if (!leased || performance.now() - askedAtMs >= leaseMs) return undefined;
  const sale = readSale(seen, await sell?.(seen));
  try {
    return await settleSale(store, seen, leased, sale);
  } catch (error) {
    throw afterSale(error, sale);
  }
}

/** Settles what was sold under a lease; undefined when the order is no longer as it was leased. */
async function settleSale<Tx>(
  store: Shop<Tx>["store"],
  seen: Undecided,
  leased: Undecided,
  sale: Sale | undefined,
): Promise<SaleAttempt | undefined> {
  const settlement = settlementOf(sale);
  if (await store.settle(leased, settlement)) return { transaction: settledAs(seen, settlement), sale };
  const now = await store.find(seen);
  // The answer of the store was lost, or somebody else was faster with the same sale, as `sell` is idempotent.
  if (sale && now?.state === "sold") return { transaction: now, sale };
  if (sale && now?.state === "refused") {
    throw ownError(
      new Error(`Cannot settle ${nameOf(seen)}: it was sold as ${seen.partner_txn_id}, and another call refused it`),
    );
  }
  return undefined;
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
  checkAnswer(order, { name: "any" }, sold);
  return sold;
}

/** Throws when the answer to a sale would be off contract. */
export function checkAnswer(order: Order, listing: Pick<Listing, "name">, sale: Sale): void {
  const product = soldProductOf(order, listing, sale);
  const answer = { status: "OK", partner_txn_id: order.partner_txn_id, product } as const;
  const encoded = operations.pay.response.codec.encode(answer);
  if (encoded.ok) return;
  throw ownError(
    new TypeError(`Cannot sell ${nameOf(order)}: ${encoded.issue.pointer} ${describeIssue(encoded.issue)}`),
  );
}

const nameOf = ({ txn_id }: Order) => JSON.stringify(txn_id);

/** The product of the answer to a pay: what the listing shows of it, and the goods. */
export const soldProductOf = (
  { product_id, price }: Order,
  listing: Pick<Listing, "name">,
  sale: Sale,
): Encodable<SoldProduct> =>
  ({ ...membersOfSold(listing), ...withoutUndefined(sale), id: product_id, price }) as Encodable<SoldProduct>;

const membersOfSold = productMembers(operations.pay);
