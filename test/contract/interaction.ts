import type { operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";
import { MatchersV3 } from "@pact-foundation/pact";

/** What must be true of the provider before the request, and its parameters; int64 as strings of digits. */
export interface State {
  name: string;
  params: Record<string, string | number>;
}

/** One request of the client, the answer to it, and the client's result. */
export interface Interaction {
  operation: keyof typeof operations;
  description: string;
  state: State;
  /** The bearer token that the client is configured with. */
  token: string;
  request: object;
  httpStatus: number;
  headers: Record<string, unknown>;
  /**
   * With matchers. Leaves out what is optional in the contract, so that every provider of the contract can keep this
   * pact.
   */
  body: object;
  /** The client's result. Written by hand, not from the table of outcomes, because that table is under test. */
  result: { outcome: string; status?: string; reason?: string; body?: object; problem?: object; retryAfterMs?: number };
}

export const token = "EXAMPLE-TOKEN";

/** The requests of the contract's examples. */
export const requests = {
  check: examples.check.request.OK,
  pay: examples.pay.request.OK,
  status: examples.status.request.OK,
};

/** The parameters of states that are about a payment. */
export const order = {
  product_id: String(requests.pay.product_id),
  price: requests.pay.price,
  txn_id: requests.pay.txn_id,
};

/** Matches any text that is not empty. */
export const matchText = (example: string) => MatchersV3.regex("^.+$", example);

/** Matches a media type with any parameters, such as `charset`. */
export const matchMediaType = (name: string) => MatchersV3.regex(`^${name.replaceAll(/[.+]/g, "\\$&")}(;.*)?$`, name);
