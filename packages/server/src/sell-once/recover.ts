import type { Encodable } from "@codegames/codec";
import type { StatusResponse } from "@codegames/contract";
import { ProblemError } from "../problem-error.ts";
import type { Transaction, TransactionKey } from "../transaction-store/transaction-store.ts";
import type { Shop } from "./options.ts";
import { refuse, sellUnderLease } from "./sale.ts";
import { checkTxnId } from "./txn-id.ts";

/** Answers `status`. It decides an undecided pay whose lease has expired; a pay that is still undecided is HTTP 503. */
export async function status<Tx>(shop: Shop<Tx>, key: TransactionKey): Promise<Encodable<StatusResponse>> {
  checkTxnId(key.txn_id);
  const found = await shop.store.find(key);
  if (!found) return { status: "TXN_NOT_FOUND" };
  const transaction = await recoverOne(shop, found);
  if (transaction.state === "refused") return { status: "TXN_CANCELED", comment: transaction.status };
  if (transaction.state !== "sold") throw new ProblemError(503);
  return { status: "OK", partner_txn_id: transaction.partner_txn_id };
}

/** Decides every pay that a crash or an error left undecided, once its lease has expired. */
export async function recover<Tx>(shop: Shop<Tx>): Promise<{ decided: number; errors: unknown[] }> {
  const abandoned = await shop.store.abandoned(shop.now());
  const errors: unknown[] = [];
  for (const transaction of abandoned) {
    await recoverOne(shop, transaction).catch((error: unknown) => errors.push(error));
  }
  return { decided: abandoned.length - errors.length, errors };
}

async function recoverOne<Tx>(shop: Shop<Tx>, transaction: Transaction): Promise<Transaction> {
  const { store, leaseMs, now } = shop;
  if (!("leaseUntilMs" in transaction) || transaction.leaseUntilMs > now()) return transaction;
  if (transaction.state === "pending") return refuse(store, transaction, "TXN_CANCELED");
  const isMine = await store.lease(transaction, "selling", now(), now() + leaseMs);
  return isMine ? (await sellUnderLease(shop, transaction)).transaction : transaction;
}
