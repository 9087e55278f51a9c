import type { TransactionStore } from "./transaction-store.ts";

/** Opens the store under test, new and empty, with a clock in Unix milliseconds by which its leases last. */
export type OpenStore = (options: { now: () => number }) => Promise<TransactionStore>;

/** One rule that a store must follow. */
export interface StoreCase {
  name: string;
  /** Rejects with an `AssertionError` when the store breaks the rule. */
  run(open: OpenStore): Promise<void>;
}
