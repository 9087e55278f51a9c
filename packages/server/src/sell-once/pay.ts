import { randomUUID } from "node:crypto";
import type { Encodable } from "@codegames/codec";
import type { PayRequest, PayResponse } from "@codegames/contract";
import { ProblemError } from "../problem-error.ts";
import {
  isUndecided,
  type NewOrder,
  type RefusalStatus,
  type Settled,
  type Transaction,
  type Undecided,
} from "../transaction-store/transaction-store.ts";
import { checkTxnId } from "./check-txn-id.ts";
import type { Caller, Listing, Shop } from "./sell-once-options.ts";
import { checkAnswer, refuse, sellUnderLease, sellWithinStore, soldProductOf } from "./sell.ts";

type PayAnswer = Encodable<PayResponse>;

/** Stores the pay as undecided before anything else, then decides it once: a repeat, a refusal or a sale. */
export async function pay<Tx>(
  shop: Shop<Tx>,
  request: PayRequest,
  { merchant, inexact = [] }: Caller,
): Promise<PayAnswer> {
  checkTxnId(request.txn_id);
  const isPriceExact = !inexact.includes("/price");
  const { txn_id, product_id, price } = request;
  const order: NewOrder = { merchant, txn_id, product_id, price, partner_txn_id: randomUUID() };
  const askedAtMs = performance.now();
  const stored = await shop.store.insertIfNew(order, shop.leaseMs);
  if (stored.partner_txn_id !== order.partner_txn_id) return answerRepeat(shop, stored, order, isPriceExact);
  // Its answer was lost, and it was abandoned by the time the store looked again.
  if (!isUndecided(stored)) throw new ProblemError(503);
  const listing = await findSellable(shop, stored, askedAtMs, isPriceExact);
  if (typeof listing === "string") return answerRefusal(await refuse(shop, stored, listing));
  const sold = await (shop.sell ? sellUnderLease(shop, stored) : sellWithinStore(shop, stored));
  if (!sold) {
    // The lease is over. Nothing was sold, so the pay ends here, unless somebody else has decided it.
    await refuse(shop, stored, "TXN_CANCELED");
    throw new ProblemError(503);
  }
  const { transaction, sale } = sold;
  if (!sale) return answerRefusal(transaction);
  return { status: "OK", partner_txn_id: order.partner_txn_id, product: soldProductOf(stored, listing, sale) };
}

/** The same id again sells nothing, whether or not it asks for the same (interpretations A4 and A5). */
async function answerRepeat<Tx>(
  shop: Shop<Tx>,
  known: Transaction,
  { product_id, price }: NewOrder,
  isPriceExact: boolean,
): Promise<PayAnswer> {
  const { replay, findProduct } = shop;
  const isExact = isPriceExact && known.product_id === product_id && known.price === price;
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
async function findSellable<Tx>(
  shop: Shop<Tx>,
  stored: Undecided,
  askedAtMs: number,
  isPriceExact: boolean,
): Promise<Listing | RefusalStatus> {
  let listing: Listing | undefined;
  try {
    listing = await shop.findProduct(stored.product_id, stored);
    // Before anything is sold: an answer that cannot be written would lose the key.
    if (listing?.isInStock) checkAnswer(stored, listing, {});
  } catch (error) {
    await refuse(shop, stored, "TXN_CANCELED");
    throw error;
  }
  // The lease began when the pay was stored. If that took long, `status` may have said TXN_NOT_FOUND before.
  if (performance.now() - askedAtMs >= shop.leaseMs) return "TXN_CANCELED";
  return listingOrRefusal(stored, listing, isPriceExact);
}

/**
 * Looks at product, price and stock, in this order (interpretation A3). A price whose literal is not the double that it
 * was read as is no price of a listing (interpretation D5).
 */
function listingOrRefusal(
  { price }: Undecided,
  listing: Listing | undefined,
  isPriceExact: boolean,
): Listing | RefusalStatus {
  if (!listing) return "PRODUCT_NOT_FOUND";
  if (!isPriceExact || listing.price !== price) return "WRONG_PRICE";
  return listing.isInStock ? listing : "PRODUCT_OUT_OF_STOCK";
}

/** Answers with the status that refused the pay; 503 when it was cancelled, or somebody else has decided it. */
function answerRefusal(refused: Settled | undefined): PayAnswer {
  if (refused?.state === "refused" && refused.status !== "TXN_CANCELED") return { status: refused.status };
  throw new ProblemError(503);
}
