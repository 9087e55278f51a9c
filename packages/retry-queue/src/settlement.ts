import type { PayResult, StatusResult } from "@codegames/client";
import { reveal } from "@codegames/codec";
import type { PayRequest, SoldProduct } from "@codegames/contract";

/** How an operation ended, for good. */
export interface Settlement {
  readonly txn_id: string;
  /** UUID of the operation, the same for every call of `onSettled`: the idempotency key of effects outside the database. */
  readonly operationId: string;
  /**
   * - `succeeded`: sold; deliver the product.
   * - `rejected`: the hub refused the pay; refund.
   * - `cancelled`: nothing was sold; refund.
   */
  readonly outcome: "succeeded" | "rejected" | "cancelled";
  /** The call whose answer decided. `not-sent`: no request ever left. `person`: `resolve()`. */
  readonly by: "pay" | "status" | "not-sent" | "person";
  /** The status that decided; undefined when nothing was sent. */
  readonly status: string | undefined;
  readonly partner_txn_id: string | undefined;
  /**
   * The product, if the answer had one. Hazard: it is stored nowhere; a crash between the answer and the commit loses it
   * (`isKeyMissing`).
   */
  readonly product: SoldProduct | undefined;
  /** Sold without a product key (interpretations B5, B6): neither refund nor buy again; a person asks the hub for the key. */
  readonly isKeyMissing: boolean;
  /** The pay; undefined when it was sent elsewhere. */
  readonly request: PayRequest | undefined;
}

/** What an answer decides about an operation. */
export interface Decision extends Pick<Settlement, "outcome" | "by" | "status" | "partner_txn_id" | "product"> {
  /** Whether its product had a key that was not kept. */
  readonly isKeyLost?: boolean;
}

/** Decides about a pay that nobody sent. */
export const neverSent: Decision = {
  outcome: "cancelled",
  by: "not-sent",
  status: undefined,
  partner_txn_id: undefined,
  product: undefined,
};

/** Decides about a pay after enough `TXN_NOT_FOUND` in a row (interpretation B1). */
export const notFound: Decision = {
  outcome: "cancelled",
  by: "status",
  status: "TXN_NOT_FOUND",
  partner_txn_id: undefined,
  product: undefined,
};

/** Reads the decision of a pay's answer. A refusal is final as the answer to the first and only pay (interpretation A9). */
export function decisionOfPay(result: PayResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  const { partner_txn_id, product } = result.outcome === "succeeded" ? result.body : nothingSold;
  return { outcome: result.outcome, by: "pay", status: result.status, partner_txn_id, product };
}

/** Reads the decision of a `/status` answer, to which a provider may add the product (interpretation B5). */
export function decisionOfStatus(result: StatusResult): Decision | undefined {
  if (result.outcome !== "succeeded" && result.outcome !== "rejected") return undefined;
  const { partner_txn_id, product } = result.outcome === "succeeded" ? result.body : nothingSold;
  const outcome = result.outcome === "succeeded" ? "succeeded" : "cancelled";
  return { outcome, by: "status", status: result.status, partner_txn_id, product };
}

const nothingSold = { partner_txn_id: undefined, product: undefined };

/** Whether an expected product key is missing. `expectsKey` is undefined when the merchant did not say. */
export function lacksKey({ outcome, by, product, isKeyLost }: Decision, expectsKey: boolean | undefined): boolean {
  return outcome === "succeeded" && !hasKey(product) && (isKeyLost || (expectsKey ?? by === "status"));
}

/** Whether a product has a key. An empty key counts as absent (interpretation D11). */
const hasKey = (product: SoldProduct | undefined) => Boolean(reveal(product?.productKey));

/** Removes the secrets from a decision. */
export function withoutProduct({ product, isKeyLost, ...decision }: Decision): Omit<Decision, "product"> {
  return { ...decision, isKeyLost: isKeyLost || hasKey(product) };
}
