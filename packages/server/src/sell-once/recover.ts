import { errorToTell, ownError } from "../error-to-tell.ts";
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

/** Once `signal` is aborted, it begins with no other pay. */
export async function recover<Tx>(shop: Shop<Tx>, signal?: AbortSignal): Promise<Recovery> {
  const recovery: Recovery = { decided: 0, errors: [] };
  for (const abandoned of await shop.store.findAbandoned()) {
    if (signal?.aborted) break;
    try {
      if (await inTime(decide(shop, abandoned), shop.leaseMs)) recovery.decided++;
    } catch (error) {
      recovery.errors.push(errorToTell(error));
    }
  }
  return recovery;
}

/** A sale that does not end must not keep the others: its lease is over by then anyway. */
async function inTime<T>(deciding: Promise<T>, leaseMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const tell = () => late.reject(ownError(new Error(`Cannot recover: a sale took longer than ${leaseMs} ms`)));
  const timer = setTimeout(tell, Math.min(leaseMs, 2_147_483_647));
  try {
    return await Promise.race([deciding, late.promise]);
  } finally {
    clearTimeout(timer);
  }
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
