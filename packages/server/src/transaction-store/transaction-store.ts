/** Names a pay for good: the merchant, and the `txn_id` that it chose (interpretation A8). */
export interface TransactionKey {
  readonly merchant: string;
  readonly txn_id: string;
}

/** What a pay asks for, and the provider's own id for it. */
export interface Order extends TransactionKey {
  readonly product_id: bigint;
  readonly price: number;
  /** Unique: the idempotency key of the sale. */
  readonly partner_txn_id: string;
  /** Unix time of the first request, in milliseconds. */
  readonly createdAtMs: number;
}

/** Why nothing was sold: the refusal of the pay, or `TXN_CANCELED` when it ended without one. */
export type RefusalStatus = "WRONG_PRICE" | "PRODUCT_NOT_FOUND" | "PRODUCT_OUT_OF_STOCK" | "TXN_CANCELED";

/** How an order ended, for good. It has no product key: a store of transactions holds none. */
export type Settlement = { readonly state: "sold" } | { readonly state: "refused"; readonly status: RefusalStatus };

/**
 * An accepted order: `pending` while certainly nothing was sold, `selling` once something may be sold, then settled for
 * good. Until its lease expires, an undecided transaction belongs to one worker.
 */
export type Transaction = Order &
  ({ readonly state: "pending" | "selling"; readonly leaseUntilMs: number } | Settlement);

/**
 * Remembers every transaction for good. Every change is durable when its promise resolves. Run `storeCases` against a store
 * of your own.
 *
 * `Tx` is the handle through which work has effects in the same database.
 */
export interface TransactionStore<Tx = unknown> {
  /** Adds a transaction, or returns the one that has its key already. Of many calls at once, one adds. */
  insertIfNew(transaction: Transaction): Promise<Transaction | undefined>;
  find(key: TransactionKey): Promise<Transaction | undefined>;
  /**
   * Takes the lease of a transaction and makes it `selling`: of a `pending` one, or of a `selling` one whose lease expired
   * by `nowMs`. Returns false otherwise. Of many calls at once, one takes it.
   */
  lease(key: TransactionKey, from: "pending" | "selling", nowMs: number, untilMs: number): Promise<boolean>;
  /**
   * Runs the work and settles an undecided transaction, both in one database transaction. A settled one stays as it is, and
   * the work does not run. If the work throws, the database transaction is rolled back and the error rethrown.
   */
  settle(key: TransactionKey, work: (tx: Tx) => Settlement | Promise<Settlement>): Promise<Transaction>;
  /** Lists the undecided transactions whose lease expired by `nowMs`, oldest first. */
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
  const { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, state } = transaction;
  const leaseUntilMs = "leaseUntilMs" in transaction ? transaction.leaseUntilMs : null;
  const refusal = refusalOf(transaction);
  return [merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, state, refusal, leaseUntilMs] as const;
}

/** The column `refusal` of a settlement. */
export const refusalOf = (settlement: Transaction | Settlement) =>
  settlement.state === "refused" ? settlement.status : null;

/** Returns a transaction as it is once it is settled. */
export function settledAs(transaction: Transaction, settlement: Settlement): Transaction {
  const { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs } = transaction;
  return { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs, ...settlement };
}

/** Reads a row. */
export function transactionOf(row: TransactionRow): Transaction {
  const { merchant, txn_id, price, partner_txn_id } = row;
  const product_id = BigInt(row.product_id);
  const order: Order = { merchant, txn_id, product_id, price, partner_txn_id, createdAtMs: Number(row.created_at_ms) };
  if (row.state === "refused") return { ...order, state: "refused", status: row.refusal as RefusalStatus };
  if (row.state === "sold") return { ...order, state: "sold" };
  return { ...order, state: row.state as "pending" | "selling", leaseUntilMs: Number(row.lease_until_ms) };
}

/** Makes the error for a key that the store does not know. */
export const unknownTransaction = ({ txn_id }: TransactionKey) =>
  new Error(`Cannot settle ${JSON.stringify(txn_id)}: there is no such transaction`);
