import type { RefusalStatus, Settlement, Transaction } from "./transaction-store.ts";

/** A row of the table `codegames_transactions`, as both stores select it. A 64-bit integer is never a `number`. */
export interface TransactionRow {
  merchant: string;
  txn_id: string;
  product_id: string | bigint;
  price: string | number;
  partner_txn_id: string;
  created_at_ms: string | bigint;
  state: string;
  refusal: string | null;
  lease_id: string;
  is_lease_over: string | null;
}

export function transactionOf(row: TransactionRow): Transaction {
  const { merchant, txn_id, partner_txn_id, state, lease_id: leaseId } = row;
  const [product_id, price, createdAtMs] = [BigInt(row.product_id), Number(row.price), Number(row.created_at_ms)];
  const order = { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs };
  if (state === "refused") return { ...order, state, status: row.refusal as RefusalStatus };
  if (state === "sold") return { ...order, state };
  return { ...order, state: state as "pending" | "selling", leaseId, isLeaseOver: row.is_lease_over === "true" };
}

export const refusalOf = (settlement: Settlement): RefusalStatus | null =>
  settlement.state === "refused" ? settlement.status : null;
