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
 * operation: its effects through `tx` happen exactly once. An effect elsewhere can happen again, and needs
 * `settlement.operationId` as its idempotency key. If it throws, what it did through `tx` is undone and the queue calls
 * it again later.
 *
 * Settlements that meet share a transaction, each for at most 50 ms: one that takes longer is undone and called again
 * with a transaction of its own. `signal` is aborted then, and its `tx` refuses further statements.
 */
export type OnSettled = (
  settlement: Settlement,
  tx: Db,
  options: { readonly signal: AbortSignal },
) => void | Promise<void>;

/** The JSON in the column `settlement`. Databases in use hold `isKeyMissing` under its older name `keyMissing`. */
export interface StoredSettlement extends Pick<Settlement, "outcome" | "by"> {
  readonly status?: string | undefined;
  readonly partner_txn_id?: string | undefined;
  readonly keyMissing: boolean;
}

export type SettlementFields = Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "isKeyMissing">;

export function toStored({ outcome, by, status, partner_txn_id, isKeyMissing }: SettlementFields): StoredSettlement {
  return { outcome, by, status, partner_txn_id: storable(partner_txn_id), keyMissing: isKeyMissing };
}

/** Replaces the characters that PostgreSQL cannot store as text. */
export const storable = (text: string | undefined) => text?.toWellFormed().replaceAll("\0", "\uFFFD");

export function fromStored({ outcome, by, status, partner_txn_id, keyMissing }: StoredSettlement): SettlementFields {
  return { outcome, by, status, partner_txn_id, isKeyMissing: keyMissing };
}
