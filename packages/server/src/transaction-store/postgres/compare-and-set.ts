import { refusalOf } from "../transaction-row.ts";
import type { Settlement, Undecided } from "../transaction-store.ts";
import type { PostgresClient } from "./postgres-pool.ts";
import * as statements from "./statements.ts";

/** A change of an undecided transaction: the one that the caller saw, and a lease or a settlement. */
export interface Change {
  readonly seen: Undecided;
  readonly to: Settlement | { readonly state: "selling"; readonly leaseId: string; readonly leaseMs: number };
}

/** Makes many changes in one statement. Resolves to whether each was made, in the same order. */
export async function compareAndSet(
  client: PostgresClient,
  nowMs: number | null,
  changes: readonly Change[],
): Promise<boolean[]> {
  const { rows } = await client.query(statements.compareAndSet, [
    nowMs,
    changes.map(({ seen }) => seen.merchant),
    changes.map(({ seen }) => seen.txn_id),
    changes.map(({ seen }) => seen.state),
    changes.map(({ seen }) => seen.leaseId),
    changes.map(({ to }) => to.state),
    changes.map(({ to }) => (to.state === "selling" ? null : refusalOf(to))),
    changes.map(({ seen, to }) => (to.state === "selling" ? to.leaseId : seen.leaseId)),
    changes.map(({ to }) => (to.state === "selling" ? to.leaseMs : null)),
  ]);
  const made = new Set(rows.map(({ number }) => Number(number)));
  return changes.map((_, index) => made.has(index + 1));
}
