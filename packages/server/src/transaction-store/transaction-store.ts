/** Identifies a pay for good: the merchant and its `txn_id` (interpretation A8). */
export interface TransactionKey {
  readonly merchant: string;
  readonly txn_id: string;
}

/** A pay as the merchant asked for it, with the id that the provider gave it. */
export interface Order extends TransactionKey {
  readonly product_id: bigint;
  readonly price: number;
  /** The provider's id of the sale: unique, and the idempotency key of `sell`. */
  readonly partner_txn_id: string;
  /** Unix time of the first request, in milliseconds. */
  readonly createdAtMs: number;
}

/** Why nothing was sold: the status that refused the pay, or `TXN_CANCELED` when the pay ended without one. */
export type RefusalStatus = "WRONG_PRICE" | "PRODUCT_NOT_FOUND" | "PRODUCT_OUT_OF_STOCK" | "TXN_CANCELED";

/** How a transaction ended for good. A transaction store holds no product key, so there is none here. */
export type Settlement = { readonly state: "sold" } | { readonly state: "refused"; readonly status: RefusalStatus };

/**
 * A pay that the provider accepted. It is `pending` while nothing can have been sold, `selling` once something may have
 * been, and then settled for good. Until its lease expires, an undecided transaction belongs to one worker.
 */
export type Transaction = Order &
  ({ readonly state: "pending" | "selling"; readonly leaseUntilMs: number } | Settlement);

/**
 * Remembers every transaction for good. `Tx` is the handle that `settle()` passes to its work for effects in the same
 * database. Every change is durable when its promise resolves. Run `storeCases` against a store of your own.
 */
export interface TransactionStore<Tx = unknown> {
  /**
   * Inserts a transaction and resolves to undefined. If its key is known, changes nothing and resolves to the stored
   * transaction. Of many calls at once, one inserts.
   */
  insertIfNew(transaction: Transaction): Promise<Transaction | undefined>;
  /** Resolves to the stored transaction; undefined when its key is unknown. */
  find(key: TransactionKey): Promise<Transaction | undefined>;
  /**
   * Takes the lease of a transaction and makes it `selling`. `from` is the state that it must have now; the lease of a
   * `selling` one must also have expired at `nowMs`. Otherwise changes nothing and resolves to false. Of many calls at
   * once, one takes the lease.
   */
  lease(key: TransactionKey, from: "pending" | "selling", nowMs: number, untilMs: number): Promise<boolean>;
  /**
   * Runs the work and settles an undecided transaction, both in one database transaction. A settled one stays as it is,
   * and the work does not run. Resolves to the transaction as it is now. If the work throws, the database transaction
   * is rolled back and the error rethrown. Rejects when the key is unknown.
   */
  settle(key: TransactionKey, work: (tx: Tx) => Settlement | Promise<Settlement>): Promise<Transaction>;
  /** Finds the undecided transactions whose lease has expired at `nowMs`, the oldest first. */
  findAbandoned(nowMs: number): Promise<Transaction[]>;
  /** Closes what the store itself opened. */
  close(): Promise<void>;
}

/** A row of the table `codegames_transactions`, which both stores of this package have. */
export interface TransactionRow {
  merchant: string;
  txn_id: string;
  product_id: bigint | string;
  price: number;
  partner_txn_id: string;
  created_at_ms: bigint | string | number;
  state: string;
  refusal: string | null;
  lease_until_ms: bigint | string | number | null;
}

/** The values of a transaction, in the order of the table's columns. */
export function valuesOf(transaction: Transaction) {
  const { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, state } = transaction;
  const leaseUntilMs = "leaseUntilMs" in transaction ? transaction.leaseUntilMs : null;
  return [
    merchant,
    txn_id,
    product_id,
    price,
    partner_txn_id,
    createdAtMs,
    state,
    refusalOf(transaction),
    leaseUntilMs,
  ] as const;
}

export const refusalOf = (settlement: Transaction | Settlement): RefusalStatus | null =>
  settlement.state === "refused" ? settlement.status : null;

/** The transaction as it is once it is settled. */
export function settledAs(transaction: Transaction, settlement: Settlement): Transaction {
  const { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs } = transaction;
  return { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, ...settlement };
}

export function transactionOf(row: TransactionRow): Transaction {
  const { merchant, txn_id, price, partner_txn_id, state } = row;
  const [product_id, createdAtMs] = [BigInt(row.product_id), Number(row.created_at_ms)];
  const order: Order = { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs };
  if (state === "refused") return { ...order, state, status: row.refusal as RefusalStatus };
  if (state === "sold") return { ...order, state };
  return { ...order, state: state as "pending" | "selling", leaseUntilMs: Number(row.lease_until_ms) };
}
