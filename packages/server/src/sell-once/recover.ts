import { errorToTell } from "../error-to-tell.ts";
import type { Transaction } from "../transaction-store/transaction-store.ts";
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
  const abandoned = await shop.store.findAbandoned(shop.now());
  const errors: Error[] = [];
  for (const transaction of abandoned) {
    await decideAbandoned(shop, transaction).catch((error: unknown) => errors.push(errorToTell(error)));
  }
  return { decided: abandoned.length - errors.length, errors };
}

/** Decides a transaction that a crash or an error left open, once its lease has expired; returns it as it is now. */
export async function decideAbandoned<Tx>(shop: Shop<Tx>, transaction: Transaction): Promise<Transaction> {
  if (!("leaseUntilMs" in transaction) || transaction.leaseUntilMs > shop.now()) return transaction;
  if (transaction.state === "pending") return refuse(shop, transaction, "TXN_CANCELED");
  return (await sellUnderLease(shop, transaction, "selling"))?.transaction ?? transaction;
}
