import type { PayResult, StatusResult } from "@codegames/client";
import { reveal } from "@codegames/codec";
import type { ReceivedSoldProduct as SoldProduct } from "@codegames/contract";
import { type Settlement, storable } from "./settlement.ts";

/** How one answer ends an operation, before the settlement is booked. */
export interface Decision extends Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "product"> {
  /** The product came with a key, but only the decision was stored, or the key could not be read. */
  readonly isKeyLost?: boolean;
}

/** The decision about a pay that was not sent, and that nobody sent within the period after that. */
export const neverSent: Decision = {
  outcome: "cancelled",
  by: "not-sent",
  status: undefined,
  partner_txn_id: undefined,
  product: undefined,
};

/** The decision after `TXN_NOT_FOUND` often enough (interpretation B1). */
export const notFound: Decision = {
  outcome: "cancelled",
  by: "status",
  status: "TXN_NOT_FOUND",
  partner_txn_id: undefined,
  product: undefined,
};

/** The decision of the answer to the first and only pay; a refusal is final only there (interpretation A9). */
export function decisionOfPay(result: PayResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  return { outcome: result.outcome, by: "pay", status: result.status, ...saleOf(result) };
}

/** The decision of one answer to `/status`; a provider may add the product (interpretation B5). */
export function decisionOfStatus(result: StatusResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  const outcome = result.outcome === "succeeded" ? "succeeded" : "cancelled";
  return { outcome, by: "status", status: result.status, ...saleOf(result) };
}

function saleOf(result: PayResult | StatusResult): Pick<Decision, "partner_txn_id" | "product" | "isKeyLost"> {
  if (result.outcome !== "succeeded") return { partner_txn_id: undefined, product: undefined };
  const { partner_txn_id, product } = result.body;
  // What could not be read may have been the key (interpretation D17).
  return { partner_txn_id, product, isKeyLost: result.unread?.lacksSecret ?? false };
}

/** Whether a product key is due and did not come. `expectsKey`: undefined when the merchant did not say. */
export function lacksKey({ outcome, by, product, isKeyLost }: Decision, expectsKey: boolean | undefined): boolean {
  return outcome === "succeeded" && (isKeyLost || (!hasKey(product) && (expectsKey ?? by === "status")));
}

/** An empty key is no key (interpretation D11). */
const hasKey = (product: SoldProduct | undefined) => Boolean(reveal(product?.productKey));

/** A decision as the column `decision` keeps it: without its product, which is secret. */
export type StoredDecision = Pick<Decision, "outcome" | "by" | "isKeyLost"> &
  Partial<Pick<Decision, "status" | "partner_txn_id">>;

/** Removes the product, and notes whether a key is lost with it. */
export function withoutProduct({ outcome, by, status, partner_txn_id, product, isKeyLost }: Decision): StoredDecision {
  return { outcome, by, status, partner_txn_id: storable(partner_txn_id), isKeyLost: isKeyLost || hasKey(product) };
}

export const withProductLost = (stored: StoredDecision): Decision => ({
  status: undefined,
  partner_txn_id: undefined,
  ...stored,
  product: undefined,
});

/** Whether one sold and the other did not. */
export const isContradiction = (a: Pick<Decision, "outcome">, b: Pick<Decision, "outcome">) =>
  (a.outcome === "succeeded") !== (b.outcome === "succeeded");
