import type { Answer, Judgement, Money, OperationName } from "../answer.ts";

/** An answer, and what a reader must make of it. */
export interface AnswerCase {
  /** The interpretations that decide, then what is special about the answer. */
  name: string;
  answer: Answer;
  expected: Judgement;
}

interface Wire {
  request?: string;
  httpStatus?: number;
  /** The header Content-Type; null for none. */
  mediaType?: string | null;
}

/** The requests of the source's examples. */
const requests: Record<OperationName, string> = {
  check: '{"product_id":1234567890}',
  pay: '{"product_id":1234567890,"price":50000.0,"txn_id":"1700220589699083777"}',
  status: '{"txn_id":"1700220589699083777"}',
};

export function answerCase(
  operation: OperationName,
  name: string,
  body: string | Uint8Array,
  expected: Judgement,
  { request = requests[operation], httpStatus = 200, mediaType = "application/json" }: Wire = {},
): AnswerCase {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const headers: Record<string, string> = mediaType === null ? {} : { "content-type": mediaType };
  return { name: `${operation}: ${name}`, answer: { operation, request, httpStatus, headers, body: bytes }, expected };
}

/** The kind of what came, by pointer. */
type Deviations = Record<string, string>;

const listed = (deviations: Deviations) =>
  Object.entries(deviations)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([pointer, actual]) => ({ pointer, actual }));

const decided = (
  outcome: Judgement["outcome"],
  money: Money,
  deviations: Deviations,
  reads: Judgement["reads"] = {},
) => ({
  outcome,
  reason: null,
  deviations: listed(deviations),
  money,
  keepsBody: money === "key-unread" || money === "deliver-and-tell",
  reads,
});

/** The members of a sold product that most cases have. */
export const soldReads = { id: "1234567890", productKey: "FJQR-RGPM-BXLD", partner_txn_id: "W5345623457426245" };

export const sold = (
  deviations: Deviations = {},
  reads: Judgement["reads"] = soldReads,
  money: Money = reads.productKey === undefined ? "no-key" : "deliver",
): Judgement => decided("succeeded", money, deviations, reads);

export const offered = (
  deviations: Deviations = {},
  reads: Judgement["reads"] = { id: "1234567890", price: "50000" },
) => decided("succeeded", "offer", deviations, reads);

export const refund = (deviations: Deviations = {}): Judgement => decided("rejected", "refund", deviations);

export const notSold = (deviations: Deviations = {}): Judgement => decided("rejected", "do-not-sell", deviations);

export const notFound = (deviations: Deviations = {}): Judgement => decided("absent", "count", deviations);

/** An unknown outcome of pay, whose body is kept. */
export const unknown = (
  reason: string,
  more: Partial<Omit<Judgement, "deviations">> & { deviations?: Deviations } = {},
): Judgement => ({
  outcome: "unknown",
  reason,
  money: "ask",
  keepsBody: true,
  reads: {},
  ...more,
  deviations: listed(more.deviations ?? {}),
});

/** The beginning of a sale, before the product. */
export const payment = '"status":"OK","partner_txn_id":"W5345623457426245"';

/** The JSON text of a sale with these members of the product, after `id` and `name`. */
export const sale = (members: string): string =>
  `{${payment},"product":{"id":1234567890,"name":"Card"${members && ","}${members}}}`;

/** A member with the key of most cases. */
export const key = '"productKey":"FJQR-RGPM-BXLD"';
