import type { PayResult, StatusResult } from "@codegames/client";
import { reveal } from "@codegames/codec";
import type { PayRequest, SoldProduct } from "@codegames/contract";

/** How an operation ended, for good. */
export interface Settlement {
  readonly txn_id: string;
  /** UUID of the operation, the same on every call: the idempotency key of effects outside the database. */
  readonly operationId: string;
  /** `succeeded`: it was sold, deliver it. `rejected`: the hub refused the pay. `cancelled`: nothing was sold. After both the money goes back. */
  readonly outcome: "succeeded" | "rejected" | "cancelled";
  /** The call whose answer decided; `not-sent`: no request ever left. `person`: `resolve()`. */
  readonly by: "pay" | "status" | "not-sent" | "person";
  /** The status that decided; undefined when nothing was sent. */
  readonly status: string | undefined;
  readonly partner_txn_id: string | undefined;
  /** What was sold, when the answer said so. It is nowhere stored: after a crash between answer and commit it is gone (`keyMissing`). */
  readonly product: SoldProduct | undefined;
  /** Sold, and there is no product key (interpretations B5, B6): neither refund nor buy again; a person asks the hub for it. */
  readonly keyMissing: boolean;
  /** What was paid for; undefined when the pay was sent elsewhere. */
  readonly request: PayRequest | undefined;
}

/** What an answer decides about an operation. */
export interface Decision extends Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "product"> {
  /** Its product had a key, and was not kept. */
  readonly isKeyLost?: boolean;
}

/** A pay that was not sent, and that nobody sent afterwards. */
export const neverSent: Decision = { outcome: "cancelled", by: "not-sent", status: undefined, partner_txn_id: undefined, product: undefined };

/** `TXN_NOT_FOUND` often enough (interpretation B1). */
export const notFound: Decision = { outcome: "cancelled", by: "status", status: "TXN_NOT_FOUND", partner_txn_id: undefined, product: undefined };

/** What the answer to the first and only pay decides; a refusal is final as such (interpretation A9). */
export function decisionOfPay(result: PayResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  const { partner_txn_id, product } = result.outcome === "succeeded" ? result.body : { partner_txn_id: undefined, product: undefined };
  return { outcome: result.outcome, by: "pay", status: result.status, partner_txn_id, product };
}

/** What an answer to `/status` decides by itself; a provider may add the product to it (interpretation B5). */
export function decisionOfStatus(result: StatusResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  const { partner_txn_id, product } = result.outcome === "succeeded" ? result.body : { partner_txn_id: undefined, product: undefined };
  const outcome = result.outcome === "succeeded" ? "succeeded" : "cancelled";
  return { outcome, by: "status", status: result.status, partner_txn_id, product };
}

/** Whether a product key should have come and did not. `expectsKey`: undefined when the merchant did not say. */
export function isKeyMissing({ outcome, by, product, isKeyLost }: Decision, expectsKey: boolean | undefined): boolean {
  return outcome === "succeeded" && !hasKey(product) && (isKeyLost || (expectsKey ?? by === "status"));
}

/** An empty key is none (interpretation D11). */
const hasKey = (product: SoldProduct | undefined) => Boolean(reveal(product?.productKey));

/** A decision without what is secret in it. */
export function withoutProduct({ product, isKeyLost, ...decision }: Decision): Omit<Decision, "product"> {
  return { ...decision, isKeyLost: isKeyLost || hasKey(product) };
}
