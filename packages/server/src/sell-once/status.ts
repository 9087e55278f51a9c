import type { Encodable } from "@codegames/codec";
import type { StatusRequest, StatusResponse } from "@codegames/contract";
import { ProblemError } from "../problem-error.ts";
import { checkTxnId } from "./check-txn-id.ts";
import { decide } from "./recover.ts";
import type { Shop } from "./sell-once-options.ts";

/** Says how a pay ended; 503 while another call works on it (interpretation B4). */
export async function status<Tx>(
  shop: Shop<Tx>,
  { txn_id }: StatusRequest,
  merchant: string,
): Promise<Encodable<StatusResponse>> {
  checkTxnId(txn_id);
  const found = await shop.store.find({ merchant, txn_id });
  if (!found) return { status: "TXN_NOT_FOUND" };
  const transaction = await decide(shop, found);
  if (!transaction) throw new ProblemError(503);
  if (transaction.state === "refused") return { status: "TXN_CANCELED", comment: transaction.status };
  return { status: "OK", partner_txn_id: transaction.partner_txn_id };
}
