import { randomUUID } from "node:crypto";
import type { Encodable } from "@codegames/codec";
import type { PayRequest, PayResponse } from "@codegames/contract";
import { ProblemError } from "../problem-error.ts";
import type { Order, RefusalStatus, Transaction } from "../transaction-store/transaction-store.ts";
import type { Listing, Shop } from "./options.ts";
import { refuse, sellInTransaction, sellUnderLease, soldProduct } from "./sale.ts";
import { checkTxnId } from "./txn-id.ts";

type PayAnswer = Encodable<PayResponse>;
type Refusal = Exclude<RefusalStatus, "TXN_CANCELED">;

/** Answers `pay`: commits the order as undecided, decides it once, and remembers it for good. */
export async function pay<Tx>(shop: Shop<Tx>, request: PayRequest, merchant: string): Promise<PayAnswer> {
  const { store, sell, leaseMs, now } = shop;
  checkTxnId(request.txn_id);
  const createdAtMs = now();
  const { product_id, price, txn_id } = request;
  const order: Order = { merchant, txn_id, product_id, price, partner_txn_id: randomUUID(), createdAtMs };
  const known = await store.insertIfNew({ ...order, state: "pending", leaseUntilMs: createdAtMs + leaseMs });
  if (known) return answerRepeat(shop, known, order);
  const listing = await decide(shop, order);
  if (typeof listing === "string") return { status: listing };
  // Whoever found the lease expired has cancelled the order: nothing may be sold any more.
  if (sell && !(await store.lease(order, "pending", now(), now() + leaseMs))) throw new ProblemError(503);
  const { transaction, sale } = await (sell ? sellUnderLease(shop, order) : sellInTransaction(shop, order));
  if (transaction.state !== "sold") return refusalOf(transaction);
  const { partner_txn_id } = order;
  return { status: "OK", partner_txn_id, ...(sale && { product: soldProduct(order, listing, sale) }) };
}

/** Finds the product that may be sold, or settles the order as refused and returns why. */
async function decide<Tx>(shop: Shop<Tx>, order: Order): Promise<Listing | Refusal> {
  const { store, findProduct, leaseMs, now } = shop;
  let listing: Listing | undefined;
  try {
    listing = await findProduct(order.product_id, order);
  } catch (error) {
    await refuse(store, order, "TXN_CANCELED");
    throw error;
  }
  // So late, others may take the order for abandoned, or told the merchant TXN_NOT_FOUND before it was inserted.
  const isLate = now() - order.createdAtMs >= leaseMs;
  const status = isLate ? "TXN_CANCELED" : refusalFor(order, listing);
  if (listing && !status) return listing;
  return refusalOf(await refuse(store, order, status ?? "PRODUCT_NOT_FOUND")).status;
}

/** Checks product, price and stock, in this order (interpretation A3). */
function refusalFor({ price }: Order, listing: Listing | undefined): Refusal | undefined {
  if (!listing) return "PRODUCT_NOT_FOUND";
  if (listing.price !== price) return "WRONG_PRICE";
  return listing.isInStock ? undefined : "PRODUCT_OUT_OF_STOCK";
}

/** Answers with the stored refusal. An order that ended without one is undecided to its caller: HTTP 503. */
function refusalOf(transaction: Transaction): { status: Refusal } {
  if (transaction.state === "refused" && transaction.status !== "TXN_CANCELED") return { status: transaction.status };
  throw new ProblemError(503);
}

/** Answers the same id again, which sells nothing, whatever the request asks for (interpretations A4, A5). */
async function answerRepeat<Tx>(shop: Shop<Tx>, known: Transaction, order: Order): Promise<PayAnswer> {
  const { findProduct, replay } = shop;
  const { product_id, price, partner_txn_id } = known;
  if (replay && product_id === order.product_id && price === order.price) {
    if (known.state === "refused" && known.status !== "TXN_CANCELED") return { status: known.status };
    if (known.state === "sold") {
      const listing = (await findProduct(product_id, known)) ?? { name: String(product_id) };
      return { status: "OK", partner_txn_id, product: soldProduct(known, listing, await replay(known)) };
    }
  }
  return { status: "TXN_DUPLICATE", partner_txn_id };
}
