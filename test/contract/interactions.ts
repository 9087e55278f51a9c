import { operations } from "@codegames/contract";
import { examples } from "@codegames/contract/examples";
import { MatchersV3 } from "@pact-foundation/pact";

/** What has to be true of the provider before the request, and what it takes to make it so; int64 as strings of digits. */
export interface State {
  name: string;
  params: Record<string, string | number>;
}

/** One request of the client, the answer that it gets, and what it makes of it. */
export interface Interaction {
  operation: keyof typeof operations;
  description: string;
  state: State;
  /** The bearer token that the client is configured with. */
  token: string;
  request: object;
  httpStatus: number;
  headers: Record<string, unknown>;
  /** With matchers. What the contract leaves optional is not demanded: every provider of the contract can keep this pact. */
  body: object;
  /** What the client says, by hand and not from the table of outcomes: that one is under test. */
  result: { outcome: string; status?: string; reason?: string; body?: object; problem?: object; retryAfterMs?: number };
}

export const token = "EXAMPLE-TOKEN";
const unknownToken = "EXAMPLE-TOKEN-OF-NOBODY";
const key = "EXAMPLE-KEY-NOT-REAL";
/** The neighbour of 2^53 that no double holds. */
const bigId = 9_007_199_254_740_993n;

const { regex, like, number } = MatchersV3;
const text = (example: string) => regex("^.+$", example);

const requests = {
  check: examples.check.request.request,
  pay: examples.pay.request.request,
  status: examples.status.request.request,
};
const checked = examples.check.responses[200].OK;
const paid = examples.pay.responses[200].OK;
const settled = examples.status.responses[200].OK;

const { price, txn_id } = requests.pay;
/** The parameters of every state that is about a product or a payment. */
const order = { product_id: String(requests.pay.product_id), price, txn_id };
const { txn_id: _, ...product } = order;

/** The status and the id are literal: another status means other money, and the client refuses an answer about another product. */
const checkOk = (id: bigint = checked.product.id) => {
  const { name, price, partner_price } = checked.product;
  return { status: checked.status, product: { id, name: like(name), price: number(price), partner_price: number(partner_price) } };
};
const payOk = (id: bigint = paid.product.id) => ({
  status: paid.status, partner_txn_id: text(paid.partner_txn_id), product: { id, name: like(paid.product.name), productKey: text(key) },
});

const answers: Interaction[] = [
  answer("check", "OK", { state: { name: "the card is in stock", params: product }, body: checkOk(), result: { outcome: "succeeded", body: { product: { id: checked.product.id, price: checked.product.price } } } }),
  answer("check", "OK", {
    what: ", for a product id that no double holds",
    state: { name: "the card is in stock", params: { ...product, product_id: String(bigId) } },
    request: { product_id: bigId },
    body: checkOk(bigId),
    result: { outcome: "succeeded", body: { product: { id: bigId } } },
  }),
  answer("check", "PRODUCT_NOT_FOUND", { state: { name: "there is no such product", params: product }, result: { outcome: "rejected" } }),
  answer("check", "PRODUCT_OUT_OF_STOCK", { state: { name: "the card is out of stock", params: product }, result: { outcome: "rejected" } }),

  answer("pay", "OK", { state: { name: "the card is in stock", params: product }, body: payOk(), result: { outcome: "succeeded", body: { partner_txn_id: paid.partner_txn_id, product: { id: paid.product.id } } } }),
  answer("pay", "OK", {
    what: ", for a product id that no double holds",
    state: { name: "the card is in stock", params: { ...product, product_id: String(bigId) } },
    request: { ...requests.pay, product_id: bigId },
    body: payOk(bigId),
    result: { outcome: "succeeded", body: { product: { id: bigId } } },
  }),
  answer("pay", "OK", {
    what: ", for a top-up that has no key",
    state: { name: "the top-up is for sale", params: product },
    body: { status: paid.status, partner_txn_id: text(paid.partner_txn_id) },
    result: { outcome: "succeeded", body: { partner_txn_id: paid.partner_txn_id } },
  }),
  answer("pay", "TXN_DUPLICATE", { state: { name: "the card was sold under this txn_id", params: order }, result: { outcome: "unknown", reason: "undecided" } }),
  answer("pay", "TXN_DUPLICATE", {
    what: ", although the price has changed since",
    state: { name: "the card was sold under this txn_id, and costs more since", params: order },
    result: { outcome: "unknown", reason: "undecided" },
  }),
  answer("pay", "WRONG_PRICE", { state: { name: "the card costs more", params: product }, result: { outcome: "rejected" } }),
  answer("pay", "PRODUCT_NOT_FOUND", { state: { name: "there is no such product", params: product }, result: { outcome: "rejected" } }),
  answer("pay", "PRODUCT_OUT_OF_STOCK", { state: { name: "the card is out of stock", params: product }, result: { outcome: "rejected" } }),

  answer("status", "OK", {
    state: { name: "the card was sold under this txn_id", params: order },
    body: { status: settled.status, partner_txn_id: text(settled.partner_txn_id) },
    result: { outcome: "succeeded", body: { partner_txn_id: settled.partner_txn_id } },
  }),
  answer("status", "TXN_NOT_FOUND", { state: { name: "nothing was paid under this txn_id", params: { txn_id } }, result: { outcome: "absent" } }),
  answer("status", "TXN_NOT_FOUND", {
    what: ", to one merchant about the payment of another",
    state: { name: "another merchant bought the card under this txn_id", params: order },
    result: { outcome: "absent" },
  }),
  answer("status", "TXN_CANCELED", { state: { name: "the payment under this txn_id was refused", params: order }, result: { outcome: "rejected" } }),
];

/** What a provider answers about a call, and in which state. Where requests "arrive" otherwise than the client sends them, a gateway made it so. */
const problems = {
  400: { name: "BadRequest", state: "requests arrive with their JSON cut short", reason: "request-refused" },
  401: { name: "Unauthorized", state: "the credentials are not known", reason: "request-refused", token: unknownToken },
  403: { name: "Forbidden", state: "the merchant may not make this call", reason: "request-refused" },
  404: { name: "NotFound", state: "requests arrive under a path that does not exist", reason: "request-refused" },
  405: { name: "MethodNotAllowed", state: "requests arrive as GET", reason: "request-refused" },
  413: { name: "ContentTooLarge", state: "requests arrive with more bytes than the provider reads", reason: "request-refused" },
  415: { name: "UnsupportedMediaType", state: "requests arrive as text/plain", reason: "request-refused" },
  429: { name: "TooManyRequests", state: "the provider asks for fewer calls", reason: "http-status", retryAfterMs: 5000 },
  500: { name: "InternalServerError", state: "the provider fails", reason: "http-status" },
  503: { name: "ServiceUnavailable", state: "the provider cannot answer now", reason: "http-status", retryAfterMs: 5000 },
} as const;
const undecided = "the payment is accepted and not decided yet";

/** Every interaction of the pact. */
export const interactions: readonly Interaction[] = [
  ...answers,
  ...(["check", "pay", "status"] as const).flatMap((operation) =>
    Object.entries(problems).map(([code, problem]) => refusal(operation, Number(code) as keyof typeof problems, problem)),
  ),
];

function answer(
  operation: Interaction["operation"],
  status: string,
  { what = "", body = { status }, request = requests[operation], result, state }: { what?: string; state: State; body?: object; request?: object; result: Interaction["result"] },
): Interaction {
  return {
    operation,
    description: `${operation} is answered with ${status}${what}`,
    state, token, request, body,
    httpStatus: 200,
    headers: { "Content-Type": mediaType("application/json") },
    result: { status, ...result },
  };
}

function refusal(
  operation: Interaction["operation"],
  httpStatus: keyof typeof problems,
  { name, state, reason, ...given }: { name: string; state: string; reason: string; token?: string; retryAfterMs?: number },
): Interaction {
  const named: Record<string, { title: string; status: number }> = examples[operation].responses[httpStatus];
  const { title, status } = named[name]!;
  const isUndecided = operation === "status" && httpStatus === 503;
  return {
    operation,
    description: `${operation} is answered with HTTP ${httpStatus}${isUndecided ? " while the payment is not decided" : ""}`,
    state: isUndecided ? { name: undecided, params: order } : { name: state, params: {} },
    token: given.token ?? token,
    request: requests[operation],
    httpStatus,
    headers: {
      "Content-Type": mediaType("application/problem+json"),
      ...(given.retryAfterMs && { "Retry-After": regex("^\\d+$", String(given.retryAfterMs / 1000)) }),
    },
    // Of use to the one who looks for the fault; the contract leaves all of it optional.
    body: { title: text(title), status },
    result: { outcome: "unknown", reason, problem: { title, status }, ...(given.retryAfterMs && { retryAfterMs: given.retryAfterMs }) },
  };
}

/** With any parameters, such as `charset`. */
function mediaType(name: string) {
  return regex(`^${name.replaceAll(/[.+]/g, "\\$&")}(;.*)?$`, name);
}
