import type { PayResult, StatusResult } from "@codegames/client";
import { reveal } from "@codegames/codec";
import type { PayRequest, ReceivedSoldProduct as SoldProduct } from "@codegames/contract";
import type { Db } from "../storage/db.ts";

/** How an operation ended, for good. */
export interface Settlement {
  readonly txn_id: string;
  /** UUID of the operation, the same on every call: the idempotency key of effects outside the database. */
  readonly operationId: string;
  /**
   * - `succeeded`: the hub sold it; deliver.
   * - `rejected`: the hub refused the pay; give the money back.
   * - `cancelled`: the hub sold nothing, or the pay was never sent; give the money back.
   */
  readonly outcome: "succeeded" | "rejected" | "cancelled";
  /** The call whose answer decided; `not-sent`: no request ever left; `person`: the operator called `resolve()`. */
  readonly by: "pay" | "status" | "not-sent" | "person";
  /** The status that decided; undefined when nothing was sent. */
  readonly status: string | undefined;
  readonly partner_txn_id: string | undefined;
  /** The sold product, when the answer named it. It is never stored: a crash between answer and commit loses it. */
  readonly product: SoldProduct | undefined;
  /**
   * Sold, but without a product key (interpretations B5, B6): neither refund nor buy again; the operator asks the hub
   * for the key.
   */
  readonly isKeyMissing: boolean;
  /** The request that was paid for; undefined when the pay was sent elsewhere. */
  readonly request: PayRequest | undefined;
}

/**
 * Books a settlement: deliver, or give the money back. It runs inside the database transaction that settles the
 * operation: its effects through `tx` happen exactly once. An effect elsewhere can happen again after a crash, and
 * needs `settlement.operationId` as its idempotency key. If it throws, the transaction is rolled back and the queue
 * calls it again later.
 */
export type OnSettled = (settlement: Settlement, tx: Db) => void | Promise<void>;

/** How one answer ends an operation, before the settlement is booked. */
export interface Decision extends Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "product"> {
  /** The product came with a key, but only the decision was stored, or the key could not be read. */
  readonly isKeyLost?: boolean;
}

/** The JSON in the column `settlement`. Databases in use hold `isKeyMissing` under its older name `keyMissing`. */
export interface StoredSettlement extends Pick<Settlement, "outcome" | "by"> {
  readonly status?: string | undefined;
  readonly partner_txn_id?: string | undefined;
  readonly keyMissing: boolean;
}

export type SettlementFields = Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "isKeyMissing">;

export function toStored({ outcome, by, status, partner_txn_id, isKeyMissing }: SettlementFields): StoredSettlement {
  return { outcome, by, status, partner_txn_id, keyMissing: isKeyMissing };
}

export function fromStored({ outcome, by, status, partner_txn_id, keyMissing }: StoredSettlement): SettlementFields {
  return { outcome, by, status, partner_txn_id, isKeyMissing: keyMissing };
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

/** Removes the product, which is secret, and notes whether a key is lost with it. */
export function withoutProduct({ product, isKeyLost, ...decision }: Decision): Omit<Decision, "product"> {
  return { ...decision, isKeyLost: isKeyLost || hasKey(product) };
}
