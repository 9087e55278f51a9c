import {
  isUndecided,
  type NewOrder,
  type RefusalStatus,
  type Settlement,
  type Transaction,
  type TransactionKey,
  type Undecided,
} from "../transaction-store/transaction-store.ts";

/** What `sellOnce` can wait for: the store, the shop and the supplier. The last two are the end of `settleWithin`. */
export type CallName =
  | "insertIfNew"
  | "find"
  | "findAbandoned"
  | "lease"
  | "settle"
  | "findProduct"
  | "sell"
  | "settleWithin"
  | "sellWithin"
  | "commit"
  | "rollback";

/** A call as `sellOnce` made it. */
export interface RealCall {
  readonly name: CallName;
  readonly order?: NewOrder;
  readonly seen?: Undecided;
  readonly to?: Settlement;
}

/**
 * A call as the model knows it, where ids have names: a `partner_txn_id` that of the actor whose pay it is, a lease one
 * that tells who took it.
 */
export interface Call {
  readonly name: CallName;
  readonly owner: string;
  readonly seenState: string;
  readonly seenLease: string;
  /** `sold`, or the refusal. */
  readonly to: string;
}

/** Gives the name of an id. */
export type NameOf = (id: string) => string;

export function callOf({ name, order, seen, to }: RealCall, nameOf: NameOf): Call {
  return {
    name,
    owner: nameOf(order?.partner_txn_id ?? seen?.partner_txn_id ?? ""),
    seenState: seen?.state ?? "",
    seenLease: nameOf(seen?.leaseId ?? ""),
    to: to ? nameOfSettlement(to) : "",
  };
}

const nameOfSettlement = (to: Settlement) => (to.state === "sold" ? "sold" : to.status);

/** A transaction as text: `pending/pay/pay.0/running`, `selling/pay/status.2/over`, `sold/pay` or `WRONG_PRICE/pay`. */
export function textOf(transaction: Transaction, nameOf: NameOf): string {
  const owner = nameOf(transaction.partner_txn_id);
  if (!isUndecided(transaction)) return `${nameOfSettlement(transaction)}/${owner}`;
  const { state, leaseId, isLeaseOver } = transaction;
  return `${state}/${owner}/${nameOf(leaseId)}/${isLeaseOver ? "over" : "running"}`;
}

/** The transaction that a text stands for. */
export function transactionOf(text: string, key: TransactionKey, idOf: (owner: string) => string): Transaction {
  const [state, owner = "", leaseId, lease] = text.split("/");
  const order = { ...key, product_id: 1n, price: 1, createdAtMs: 0, partner_txn_id: idOf(owner) };
  if (state === "sold") return { ...order, state };
  if (leaseId === undefined) return { ...order, state: "refused", status: state as RefusalStatus };
  return { ...order, state: state as Undecided["state"], leaseId, isLeaseOver: lease === "over" };
}

/** What stands for an answer that does not come: the call fails, or its answer is lost. */
export const error = "error";

/** What the caller of a call gets, of the text that the model answers with. Throws for an error. */
export function valueOf(name: CallName, answer: string, toTransaction: (text: string) => Transaction): unknown {
  if (answer === error) throw new Error("the answer is lost");
  switch (name) {
    case "insertIfNew":
    case "find":
    case "lease":
      return answer === "none" ? undefined : toTransaction(answer);
    case "findAbandoned":
      return answer === "none" ? [] : [toTransaction(answer)];
    case "settle":
    case "settleWithin":
      return answer === "yes";
    case "findProduct":
      return answer === "listed" ? { name: "Card", price: 1, isInStock: true } : undefined;
    case "sell":
    case "sellWithin":
      return answer === "sold" ? { productKey: "KEY" } : "out-of-stock";
    case "commit":
    case "rollback":
      return undefined;
  }
}
