import { examples } from "@codegames/contract/examples";
import { MatchersV3 } from "@pact-foundation/pact";
import { type Interaction, matchMediaType, matchText, order, requests, type State, token } from "./interaction.ts";
import { problemInteractions } from "./problem-interactions.ts";

const { like, number } = MatchersV3;
const key = "EXAMPLE-KEY-NOT-REAL";
/** The neighbour of 2^53 that no double holds. */
const bigId = 9_007_199_254_740_993n;

const checked = examples.check.responses[200].OK;
const paid = examples.pay.responses[200].OK;
const settled = examples.status.responses[200].OK;

const { txn_id: _, ...product } = order;

/**
 * The status and the id are literal: another status means something else for the money, and the client refuses an
 * answer about another product.
 */
const checkOk = (id: bigint = checked.product.id) => {
  const { name, price, partner_price } = checked.product;
  const matchers = { name: like(name), price: number(price), partner_price: number(partner_price) };
  return { status: checked.status, product: { id, ...matchers } };
};
const payOk = (id: bigint = paid.product.id) => ({
  status: paid.status,
  partner_txn_id: matchText(paid.partner_txn_id),
  product: { id, name: like(paid.product.name), productKey: matchText(key) },
});

const states = {
  cardInStock: { name: "the card is in stock", params: product },
  bigCardInStock: { name: "the card is in stock", params: { ...product, product_id: String(bigId) } },
  noProduct: { name: "there is no such product", params: product },
  cardOutOfStock: { name: "the card is out of stock", params: product },
  topUpForSale: { name: "the top-up is for sale", params: product },
  cardCostsMore: { name: "the card costs more", params: product },
  cardSold: { name: "the card was sold under this txn_id", params: order },
  cardSoldAndCostsMore: { name: "the card was sold under this txn_id, and costs more since", params: order },
  soldToAnother: { name: "another merchant bought the card under this txn_id", params: order },
  nothingPaid: { name: "nothing was paid under this txn_id", params: { txn_id: order.txn_id } },
  paymentRefused: { name: "the payment under this txn_id was refused", params: order },
} satisfies Record<string, State>;

const checkAnswers: Interaction[] = [
  createAnswer("check", "OK", {
    state: states.cardInStock,
    body: checkOk(),
    result: { outcome: "succeeded", body: { product: { id: checked.product.id, price: checked.product.price } } },
  }),
  createAnswer("check", "OK", {
    suffix: ", for a product id that no double holds",
    state: states.bigCardInStock,
    request: { product_id: bigId },
    body: checkOk(bigId),
    result: { outcome: "succeeded", body: { product: { id: bigId } } },
  }),
  createAnswer("check", "PRODUCT_NOT_FOUND", { state: states.noProduct, result: { outcome: "rejected" } }),
  createAnswer("check", "PRODUCT_OUT_OF_STOCK", { state: states.cardOutOfStock, result: { outcome: "rejected" } }),
];

const payAnswers: Interaction[] = [
  createAnswer("pay", "OK", {
    state: states.cardInStock,
    body: payOk(),
    result: {
      outcome: "succeeded",
      body: { partner_txn_id: paid.partner_txn_id, product: { id: paid.product.id } },
    },
  }),
  createAnswer("pay", "OK", {
    suffix: ", for a product id that no double holds",
    state: states.bigCardInStock,
    request: { ...requests.pay, product_id: bigId },
    body: payOk(bigId),
    result: { outcome: "succeeded", body: { product: { id: bigId } } },
  }),
  createAnswer("pay", "OK", {
    suffix: ", for a top-up that has no key",
    state: states.topUpForSale,
    body: { status: paid.status, partner_txn_id: matchText(paid.partner_txn_id) },
    result: { outcome: "succeeded", body: { partner_txn_id: paid.partner_txn_id } },
  }),
  createAnswer("pay", "TXN_DUPLICATE", { state: states.cardSold, result: { outcome: "unknown", reason: "undecided" } }),
  createAnswer("pay", "TXN_DUPLICATE", {
    suffix: ", although the price has changed since",
    state: states.cardSoldAndCostsMore,
    result: { outcome: "unknown", reason: "undecided" },
  }),
  createAnswer("pay", "WRONG_PRICE", { state: states.cardCostsMore, result: { outcome: "rejected" } }),
  createAnswer("pay", "PRODUCT_NOT_FOUND", { state: states.noProduct, result: { outcome: "rejected" } }),
  createAnswer("pay", "PRODUCT_OUT_OF_STOCK", { state: states.cardOutOfStock, result: { outcome: "rejected" } }),
];

const statusAnswers: Interaction[] = [
  createAnswer("status", "OK", {
    state: states.cardSold,
    body: { status: settled.status, partner_txn_id: matchText(settled.partner_txn_id) },
    result: { outcome: "succeeded", body: { partner_txn_id: settled.partner_txn_id } },
  }),
  createAnswer("status", "TXN_NOT_FOUND", { state: states.nothingPaid, result: { outcome: "absent" } }),
  createAnswer("status", "TXN_NOT_FOUND", {
    suffix: ", to one merchant about the payment of another",
    state: states.soldToAnother,
    result: { outcome: "absent" },
  }),
  createAnswer("status", "TXN_CANCELED", { state: states.paymentRefused, result: { outcome: "rejected" } }),
];

/** Every interaction of the pact. */
export const interactions: readonly Interaction[] = [
  ...checkAnswers,
  ...payAnswers,
  ...statusAnswers,
  ...problemInteractions,
];

interface AnswerDetails {
  /** Added to the description. */
  suffix?: string;
  state: State;
  /** @default only the status */
  body?: object;
  /** @default the example of the operation */
  request?: object;
  result: Interaction["result"];
}

function createAnswer(
  operation: Interaction["operation"],
  status: string,
  { suffix = "", body = { status }, request = requests[operation], result, state }: AnswerDetails,
): Interaction {
  return {
    operation,
    description: `${operation} is answered with ${status}${suffix}`,
    state,
    token,
    request,
    body,
    httpStatus: 200,
    headers: { "Content-Type": matchMediaType("application/json") },
    result: { status, ...result },
  };
}
