import { createClient, type Fetch } from "@codegames/client";
import type { Answer, Deviation, Judgement, Money } from "./answer.ts";

/** What the client says, as far as a judgement needs it, of any operation. */
interface Result {
  outcome: Judgement["outcome"] | "not-sent";
  reason?: string;
  body?: object;
  deviations?: readonly Deviation[];
  unread?: object;
}

/** The members of the bodies that a judgement needs. */
interface Body {
  partner_txn_id?: string;
  product?: { id?: bigint; price?: number; productKey?: { reveal(): string } | null };
}

/** Makes a client for one answer after the other, and returns what it makes of an answer. */
export function clientJudge(partnerTxnIds: "unique" | "shared"): (answer: Answer) => Promise<Judgement> {
  let next: Answer;
  const fetch: Fetch = async () =>
    new Response(next.body.length > 0 ? Uint8Array.from(next.body) : null, {
      status: next.httpStatus,
      headers: next.headers,
    });
  const client = createClient({ baseUrl: "https://hub.example", auth: "none", fetch, partnerTxnIds });
  return async (answer) => {
    next = answer;
    const { product_id, price, txn_id } = readRequest(answer.request);
    if (answer.operation === "check") return judgementOf(answer, await client.check({ product_id }));
    if (answer.operation === "status") return judgementOf(answer, await client.status({ txn_id }));
    return judgementOf(answer, await client.pay({ product_id, price, txn_id }));
  };
}

function readRequest(text: string): { product_id: bigint; price: number; txn_id: string } {
  const { price = 1, txn_id = "" } = JSON.parse(text) as { price?: number; txn_id?: string };
  return { product_id: BigInt(/"product_id":(-?\d+)/.exec(text)?.[1] ?? 0), price, txn_id };
}

function judgementOf({ operation }: Answer, { outcome, reason, body, deviations = [], unread }: Result): Judgement {
  if (outcome === "not-sent") throw new Error(`not sent: ${reason}`);
  const { partner_txn_id, product: { id, price, productKey } = {} }: Body = body ?? {};
  const found = { id, price, productKey: productKey?.reveal(), partner_txn_id };
  const reads = Object.entries(found).flatMap(([name, value]) =>
    outcome === "succeeded" && value !== undefined && value !== "" ? [[name, String(value)]] : [],
  );
  const judgement = {
    outcome,
    reason: reason ?? null,
    deviations: deviations
      .map(({ pointer, actual }) => ({ pointer, actual }))
      .toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1)),
    keepsBody: unread !== undefined,
    reads: Object.fromEntries(reads) as Judgement["reads"],
  };
  return { ...judgement, money: operation === "check" ? decideCheck(judgement) : decide(judgement) };
}

type Undecided = Omit<Judgement, "money">;

const decideCheck = ({ outcome }: Undecided): Money =>
  outcome === "succeeded" ? "offer" : outcome === "rejected" ? "do-not-sell" : "check-again";

/** What the README of the client says about the money, and what `unread` adds to it. */
function decide({ outcome, reason, deviations, keepsBody, reads }: Undecided): Money {
  if (outcome === "rejected") return "refund";
  if (outcome === "absent") return "count";
  if (outcome === "unknown") return reason === "mismatch" || reason === "request-refused" ? "ask-and-tell" : "ask";
  if (!keepsBody) return reads.productKey === undefined ? "no-key" : "deliver";
  const isUnread = deviations.some(
    ({ pointer, actual }) => pointer === "/product/addInfo" && actual !== "null" && actual !== "an empty array",
  );
  return reads.productKey === undefined || isUnread ? "key-unread" : "deliver-and-tell";
}
