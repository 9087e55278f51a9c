export type OperationName = "check" | "pay" | "status";

/** One answer of a provider, as it is on the wire. */
export interface Answer {
  operation: OperationName;
  /** The body of the request, as it was sent. */
  request: string;
  httpStatus: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** What a reader makes of an answer. */
export interface Judgement {
  outcome: "succeeded" | "rejected" | "absent" | "unknown";
  /** Why the outcome is unknown; null for any other. */
  reason: string | null;
  /** What was not as the contract says and was read nevertheless, sorted by pointer. */
  deviations: Deviation[];
  money: Money;
  /** Whether the body has to be kept for a person, as a secret (C3). */
  keepsBody: boolean;
  /** What an answer that succeeded says about the sale, as text. */
  reads: Partial<Record<"id" | "price" | "productKey" | "partner_txn_id", string>>;
}

export interface Deviation {
  pointer: string;
  /** The kind of what came, never its value. */
  actual: string;
}

/** What to do with the customer's money; the README of the vectors explains each. */
export type Money =
  | "deliver"
  | "deliver-and-tell"
  | "no-key"
  | "key-unread"
  | "refund"
  | "count"
  | "ask"
  | "ask-and-tell"
  | "offer"
  | "do-not-sell"
  | "check-again";
