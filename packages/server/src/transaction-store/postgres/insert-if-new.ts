import type { NewOrder, Transaction } from "../transaction-store.ts";
import type { PostgresClient } from "./postgres-pool.ts";
import * as statements from "./statements.ts";

/** An order to insert, and its lease. */
export interface Insertion {
  readonly order: NewOrder;
  readonly leaseMs: number;
  readonly leaseId: string;
}

/** Inserts many in one statement. Resolves to what it inserted, in the same order: undefined for a known key. */
export async function insertIfNew(
  client: PostgresClient,
  lockTimeoutMs: number,
  nowMs: number | null,
  items: readonly Insertion[],
): Promise<(Transaction | undefined)[]> {
  // In one order everywhere: two processes that insert the same keys do not wait for each other crosswise.
  const sorted = [...items].sort(
    (a, b) => compare(a.order.merchant, b.order.merchant) || compare(a.order.txn_id, b.order.txn_id),
  );
  const column = (value: (item: Insertion) => unknown) => sorted.map(value);
  const { rows } = await client.query(statements.insertIfNew, [
    String(lockTimeoutMs),
    nowMs,
    column(({ order }) => order.merchant),
    column(({ order }) => order.txn_id),
    column(({ order }) => String(order.product_id)),
    column(({ order }) => String(order.price)),
    column(({ order }) => order.partner_txn_id),
    column(({ leaseMs }) => leaseMs),
    column(({ leaseId }) => leaseId),
  ]);
  const createdAt = new Map(rows.map(({ partner_txn_id, created_at_ms }) => [partner_txn_id, created_at_ms]));
  return items.map(({ order, leaseId }) => {
    const createdAtMs = createdAt.get(order.partner_txn_id);
    if (createdAtMs === undefined) return undefined;
    return { ...order, createdAtMs: Number(createdAtMs), state: "pending", leaseId, isLeaseOver: false };
  });
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
