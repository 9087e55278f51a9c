import { randomUUID } from "node:crypto";
import type { Encodable } from "@codegames/codec";
import type { PayRequest, PayResponse } from "@codegames/contract";
import { ProblemError } from "../problem-error.ts";
import type { Order, RefusalStatus, Transaction } from "../transaction-store/transaction-store.ts";
import { checkTxnId } from "./check-txn-id.ts";
import type { Listing, Shop } from "./sell-once-options.ts";
import { refuse, sellUnderLease, sellWithinStore, soldProductOf } from "./sell.ts";

type PayAnswer = Encodable<PayResponse>;

/** Stores the pay as undecided before anything else, then decides it once: a repeat, a refusal or a sale. */
export async function pay<Tx>(shop: Shop<Tx>, request: PayRequest, merchant: string): Promise<PayAnswer> {
  checkTxnId(request.txn_id);
  const { store, now, leaseMs } = shop;
  const { txn_id, product_id, price } = request;
  const order: Order = { merchant, txn_id, product_id, price, partner_txn_id: randomUUID(), createdAtMs: now() };
  const known = await store.insertIfNew({ ...order, state: "pending", leaseUntilMs: order.createdAtMs + leaseMs });
  if (known) return answerRepeat(shop, known, order);

  const listing = await findSellable(shop, order);
  if (typeof listing === "string") return answerRefusal(await refuse(shop, order, listing));

  const sold = shop.sell ? await sellUnderLease(shop, order, "pending") : await sellWithinStore(shop, order);
  // Another call found the lease expired and has cancelled the pay: nothing may be sold any more.
  if (!sold) throw new ProblemError(503);
  const { transaction, sale } = sold;
  if (transaction.state !== "sold") return answerRefusal(transaction);
  const product = sale && soldProductOf(order, listing, sale);
  return { status: "OK", partner_txn_id: order.partner_txn_id, ...(product && { product }) };
}

/** The same id again sells nothing, whether or not it asks for the same (interpretations A4 and A5). */
async function answerRepeat<Tx>(shop: Shop<Tx>, known: Transaction, { product_id, price }: Order): Promise<PayAnswer> {
  const { replay, findProduct } = shop;
  const isExact = known.product_id === product_id && known.price === price;
  if (replay && isExact && known.state === "refused" && known.status !== "TXN_CANCELED")
    return { status: known.status };
  if (replay && isExact && known.state === "sold") {
    const listing = (await findProduct(product_id, known)) ?? { name: String(product_id) };
    const product = soldProductOf(known, listing, await replay(known));
    return { status: "OK", partner_txn_id: known.partner_txn_id, product };
  }
  return { status: "TXN_DUPLICATE", partner_txn_id: known.partner_txn_id };
}

/** Finds the listing to sell, or why it must not be sold. If the search fails, cancels the pay. */
async function findSellable<Tx>(shop: Shop<Tx>, order: Order): Promise<Listing | RefusalStatus> {
  const { findProduct, now, leaseMs } = shop;
  let listing: Listing | undefined;
  try {
    listing = await findProduct(order.product_id, order);
  } catch (error) {
    await refuse(shop, order, "TXN_CANCELED");
    throw error;
  }
  // Too late: others may take the pay for abandoned, or `status` said TXN_NOT_FOUND before it was stored.
  if (now() - order.createdAtMs >= leaseMs) return "TXN_CANCELED";
  return listingOrRefusal(order, listing);
}

/** Looks at product, price and stock, in this order (interpretation A3). */
function listingOrRefusal({ price }: Order, listing: Listing | undefined): Listing | RefusalStatus {
  if (!listing) return "PRODUCT_NOT_FOUND";
  if (listing.price !== price) return "WRONG_PRICE";
  return listing.isInStock ? listing : "PRODUCT_OUT_OF_STOCK";
}

/** Answers with the status that refused the pay; 503 when another call has cancelled or sold it. */
function answerRefusal(transaction: Transaction): PayAnswer {
  if (transaction.state === "refused" && transaction.status !== "TXN_CANCELED") return { status: transaction.status };
  throw new ProblemError(503);
}
