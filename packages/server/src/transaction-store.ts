/** A pay, by the merchant and the `txn_id` that it is known under for good (interpretation A8). */
export interface TransactionKey {
  readonly merchant: string;
  readonly txnId: string;
}

/** What a pay asked for, and the id under which the provider does it. */
export interface Order extends TransactionKey {
  readonly productId: bigint;
  readonly price: number;
  /** Unique; the idempotency key of the sale. */
  readonly partnerTxnId: string;
  /** Unix time of the first request, in milliseconds. */
  readonly createdAtMs: number;
}

/** Why nothing was sold: the refusal of the pay, or `TXN_CANCELED` when it ended without one. */
export type RefusalStatus = "WRONG_PRICE" | "PRODUCT_NOT_FOUND" | "PRODUCT_OUT_OF_STOCK" | "TXN_CANCELED";

/** What became of an order. No product key: a store of transactions holds none. */
export type Settlement = { readonly state: "sold" } | { readonly state: "refused"; readonly status: RefusalStatus };

/**
 * An order that is accepted: `pending` while nothing was sold for sure, `selling` from when something may be, and then
 * settled for good. Until its lease is over, the undecided one is somebody's who is at work on it.
 */
export type Transaction = Order & ({ readonly state: "pending" | "selling"; readonly leaseUntilMs: number } | Settlement);

/**
 * Remembers every transaction for good. `Tx` is what a work gets to have effects in the same database. Every change is
 * durable when its promise resolves. Run `storeCases` against a store of your own.
 */
export interface TransactionStore<Tx = unknown> {
  /** Adds a transaction, unless its key is known: then gives the one that is there. Of many at once, one adds. */
  claim(transaction: Transaction): Promise<Transaction | undefined>;
  find(key: TransactionKey): Promise<Transaction | undefined>;
  /**
   * Takes the lease of a transaction, and makes it `selling`: of one that is `pending`, or of one that is `selling` and
   * whose lease was over at `nowMs`. Of many at once, one takes it. False when it was neither.
   */
  lease(key: TransactionKey, from: "pending" | "selling", nowMs: number, untilMs: number): Promise<boolean>;
  /**
   * Runs the work and settles an undecided transaction in one database transaction. One that is settled already stays as
   * it is, and the work is not run. When the work throws, nothing has happened, and so does this.
   */
  settle(key: TransactionKey, work: (tx: Tx) => Settlement | Promise<Settlement>): Promise<Transaction>;
  /** The undecided transactions whose lease was over at a time, the oldest first. */
  abandoned(nowMs: number): Promise<Transaction[]>;
  close(): Promise<void>;
}

/** A row of the table that the stores of this package share. */
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

/** The values of a transaction in the order of the columns. */
export function valuesOf(transaction: Transaction) {
  const { merchant, txnId, productId, price, partnerTxnId, createdAtMs, state } = transaction;
  const leaseUntilMs = "leaseUntilMs" in transaction ? transaction.leaseUntilMs : null;
  return [merchant, txnId, productId, price, partnerTxnId, createdAtMs, state, refusalOf(transaction), leaseUntilMs] as const;
}

export const refusalOf = (settlement: Transaction | Settlement) => (settlement.state === "refused" ? settlement.status : null);

/** A transaction as it is once it is settled. */
export function settledAs(transaction: Transaction, settlement: Settlement): Transaction {
  const { merchant, txnId, productId, price, partnerTxnId, createdAtMs } = transaction;
  return { merchant, txnId, productId, price, partnerTxnId, createdAtMs, ...settlement };
}

export function transactionOf(row: TransactionRow): Transaction {
  const order: Order = {
    merchant: row.merchant,
    txnId: row.txn_id,
    productId: BigInt(row.product_id),
    price: row.price,
    partnerTxnId: row.partner_txn_id,
    createdAtMs: Number(row.created_at_ms),
  };
  if (row.state === "refused") return { ...order, state: "refused", status: row.refusal as RefusalStatus };
  if (row.state === "sold") return { ...order, state: "sold" };
  return { ...order, state: row.state as "pending" | "selling", leaseUntilMs: Number(row.lease_until_ms) };
}
