import { errorToTell } from "../error-to-tell.ts";
import { isUndecided, type Settled, type Transaction } from "../transaction-store/transaction-store.ts";
import type { Shop } from "./sell-once-options.ts";
import { refuse, sellUnderLease } from "./sell.ts";

/** The result of `recover`. */
export interface Recovery {
  /** How many pays it decided. */
  decided: number;
  /** One error for each pay that it could not decide, without product keys, as `onError` of a handler gets it. */
  errors: Error[];
}

export async function recover<Tx>(shop: Shop<Tx>): Promise<Recovery> {
  const recovery: Recovery = { decided: 0, errors: [] };
  for (const abandoned of await shop.store.findAbandoned()) {
    try {
      if (await decide(shop, abandoned)) recovery.decided++;
    } catch (error) {
      recovery.errors.push(errorToTell(error));
    }
  }
  return recovery;
}

/**
 * Decides a transaction that a crash or an error left open, once its lease is over: nothing of a pending one was sold,
 * and a sale that may have begun is made again. Undefined while another call works on it.
 */
export async function decide<Tx>(shop: Shop<Tx>, transaction: Transaction): Promise<Settled | undefined> {
  if (!isUndecided(transaction)) return transaction;
  if (!transaction.isLeaseOver) return undefined;
  if (transaction.state === "pending") return refuse(shop, transaction, "TXN_CANCELED");
  return (await sellUnderLease(shop, transaction))?.transaction;
}
