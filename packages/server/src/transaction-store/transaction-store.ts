/** Identifies a pay for good: the merchant and its `txn_id` (interpretation A8). */
export interface TransactionKey {
  readonly merchant: string;
  readonly txn_id: string;
}

/** A pay that is not stored yet, with the id that the provider gave it. */
export interface NewOrder extends TransactionKey {
  readonly product_id: bigint;
  readonly price: number;
  /** The provider's id of the sale: unique, and the idempotency key of `sell`. */
  readonly partner_txn_id: string;
}

/** A pay as the merchant asked for it. */
export interface Order extends NewOrder {
  /** Unix time in milliseconds at which it was stored, by the clock of the store. */
  readonly createdAtMs: number;
}

/** Why nothing was sold: the status that refused the pay, or `TXN_CANCELED` when the pay ended without one. */
export type RefusalStatus = "WRONG_PRICE" | "PRODUCT_NOT_FOUND" | "PRODUCT_OUT_OF_STOCK" | "TXN_CANCELED";

/** How a transaction ended for good. A transaction store holds no product key, so there is none here. */
export type Settlement = { readonly state: "sold" } | { readonly state: "refused"; readonly status: RefusalStatus };

/** A transaction that ended for good. */
export type Settled = Order & Settlement;

/**
 * A pay that is not decided yet: `pending` while nothing can have been sold, `selling` once something may have been.
 * Until its lease is over, it belongs to one worker.
 */
export type Undecided = Order & {
  readonly state: "pending" | "selling";
  /** Names the lease. Every lease that is taken has another id. */
  readonly leaseId: string;
  /** Whether the lease was over by the clock of the store when the transaction was read. */
  readonly isLeaseOver: boolean;
};

/** A pay that the provider accepted. */
export type Transaction = Undecided | Settled;

/**
 * Remembers every transaction for good. Every change is durable when its promise resolves. Run `storeCases` against a
 * store of your own.
 *
 * Every change of a transaction is a compare-and-set: it names the undecided transaction that the caller saw, changes
 * nothing unless state and lease are still the same, and says so. It does not wait for another change of the same
 * transaction: that one wins. Only the clock of the store counts, so that the clocks of processes may differ.
 *
 * `Tx` is the handle that `settleWithin()` passes to its work for effects in the same database.
 */
export interface TransactionStore<Tx = unknown> {
  /**
   * Inserts a pending transaction with a lease of `leaseMs`. If its key is known, changes nothing. Of many calls at
   * once, one inserts. Resolves to the transaction that is stored then: the caller's own if `partner_txn_id` is.
   */
  insertIfNew(order: NewOrder, leaseMs: number): Promise<Transaction>;
  /** Resolves to the stored transaction; undefined when its key is unknown. */
  find(key: TransactionKey): Promise<Transaction | undefined>;
  /**
   * Takes a new lease of `leaseMs` and makes the transaction `selling`. The lease of a pending one must not be over,
   * the lease of a selling one must be. Resolves to undefined if it changes nothing.
   */
  lease(seen: Undecided, leaseMs: number): Promise<Undecided | undefined>;
  /** Settles the transaction, whether or not its lease is over. Resolves to false if it changes nothing. */
  settle(seen: Undecided, settlement: Settlement): Promise<boolean>;
  /**
   * Runs the work and settles a pending transaction, both in one database transaction. Its lease must not be over when
   * this begins. Resolves to undefined, without the work, if it changes nothing. If the work throws, the database
   * transaction is rolled back and the error rethrown.
   */
  settleWithin(seen: Undecided, work: (tx: Tx) => Settlement | Promise<Settlement>): Promise<Settlement | undefined>;
  /** Finds the undecided transactions whose lease is over, the oldest first. */
  findAbandoned(): Promise<Undecided[]>;
  /** Closes what the store itself opened. */
  close(): Promise<void>;
}

export const isUndecided = (transaction: Transaction): transaction is Undecided => "leaseId" in transaction;

/** The transaction as it is once it is settled. */
export function settledAs(transaction: Order, settlement: Settlement): Settled {
  const { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs } = transaction;
  return { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, ...settlement };
}
