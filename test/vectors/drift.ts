import type { Answer, Judgement, Money, OperationName } from "./answer.ts";
import { charsets, encodeJson, writeMediaType } from "./charset.ts";
import { Random } from "./random.ts";
import {
  exact,
  writeFacts,
  writeKey,
  writePartnerTxnId,
  writePrice,
  writeProductId,
  writeSpareId,
  writeSparePrice,
  writeText,
  writeUnreadable,
  type Written,
} from "./written.ts";

/** An answer of a provider that keeps the protocol in what decides, and in little else (D17, D18, D19, C13). */
export interface Drift {
  answer: Answer;
  meant: Judgement;
}

/** What the generator knows about one sale before it writes the answer. */
export interface Sale {
  operation: OperationName;
  index: number;
  productId: string;
  cents: number;
}

/** How the members of an answer are written, by pointer. */
export type Members = Record<string, Written>;

const refusals = {
  check: ["PRODUCT_NOT_FOUND", "PRODUCT_OUT_OF_STOCK"],
  pay: ["WRONG_PRICE", "PRODUCT_NOT_FOUND", "PRODUCT_OUT_OF_STOCK", "TXN_DUPLICATE"],
  status: ["TXN_NOT_FOUND", "TXN_CANCELED"],
} as const;

/** Drifted answers, the same for the same seed. */
export function makeDrifts(seed: number, count: number): Drift[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => {
    const operation = random.pick(["check", "pay", "pay", "status"] as const);
    return makeDrift(random, index, operation, random.happens(60));
  });
}

/** Draws one answer; `change` may write members in another way before the whole is written. */
export function makeDrift(
  random: Random,
  index: number,
  operation: OperationName,
  isSold: boolean,
  change?: (members: Members, sale: Sale) => void,
): Drift {
  const productId = random.pick(["1234567890", "9007199254740993", "-7", random.digits(18)]);
  const sale = { operation, index, productId, cents: 1 + random.below(random.pick([1000, 10_000_000])) };
  const status = isSold ? "OK" : random.pick<string>(refusals[operation]);
  const members: Members = {
    "/status": exact(JSON.stringify(status)),
    "/comment": writeText(random, { isNullable: true }),
    ...(status !== "OK" ? refuse(random, sale) : operation === "check" ? describe(random, sale) : sell(random, sale)),
  };
  change?.(members, sale);
  return { answer: writeAnswer(random, sale, status, members), meant: judge(operation, status, members) };
}

function writeAnswer(random: Random, sale: Sale, status: string, members: Members): Answer {
  const { operation, index, productId, cents } = sale;
  const requests = {
    check: `{"product_id":${productId}}`,
    pay: `{"product_id":${productId},"price":${cents / 100},"txn_id":"A-${index}"}`,
    status: `{"txn_id":"A-${index}"}`,
  };
  const charset = random.happens(70) ? random.pick(charsets) : undefined;
  const mediaType = writeMediaType(charset, random);
  const mark = (charset ?? "utf-8").startsWith("utf") && random.happens(5) ? "\ufeff" : "";
  const isUnder4xx = status !== "OK" && random.happens(20);
  return {
    operation,
    request: requests[operation],
    httpStatus: random.pick(isUnder4xx ? [400, 404, 409, 422, 429] : [200, 200, 200, 201, 202]),
    headers: mediaType === undefined ? {} : { "content-type": mediaType },
    body: encodeJson(mark + writeObject(random, members, ""), charset ?? "utf-8"),
  };
}

export const describe = (random: Random, { productId, cents }: Sale): Members => ({
  "/product/id": writeProductId(random, productId),
  "/product/name": writeText(random, { isRequired: true, isFilled: true }),
  "/product/shortDescription": writeText(random),
  "/product/price": writePrice(random, cents),
  "/product/partner_price": writeSparePrice(random, cents, true),
  "/product/addInfo": writeFacts(random, false),
});

function sell(random: Random, sale: Sale): Members {
  const id = { "/partner_txn_id": writePartnerTxnId(random, sale.index) };
  const shape = random.below(20);
  if (shape === 0) return id;
  if (shape === 1) return { ...id, "/product": { json: "null", actual: "null" } };
  if (shape === 2) return { ...id, "/product": { json: "[]", actual: "an empty array" } };
  if (shape === 3) return { ...id, "/product": writeUnreadable(random, true) };
  const product = {
    "/product/id": writeProductId(random, sale.operation === "pay" ? sale.productId : random.digits(12)),
    "/product/name": writeText(random, { isRequired: true, isFilled: true }),
    "/product/shortDescription": writeText(random),
    "/product/price": writeSparePrice(random, sale.cents),
    "/product/productKey": writeKey(random),
    "/product/addInfo": writeFacts(random, true),
  };
  if (shape === 4) product["/product/productKey"] = writeUnreadable(random, false);
  if (shape === 5) product["/product/addInfo"] = writeUnreadable(random, true);
  return { ...id, ...product };
}

/** A refusal; a provider in Java or Go writes its empty product too, which the contract does not know. */
function refuse(random: Random, { operation, index }: Sale): Members {
  if (operation === "check") return {};
  const product = random.pick([
    undefined,
    undefined,
    "null",
    "[]",
    "{}",
    '{"id":0,"productKey":null,"price":0}',
    '{"productKey":""}',
    "false",
  ]);
  return { "/partner_txn_id": writeSpareId(random, index), "/product": { json: product } };
}

function judge(operation: OperationName, status: string, members: Members): Judgement {
  const outcome = outcomes[status] ?? "rejected";
  const written = Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const meant = written.filter(([pointer, { means }]) => means !== undefined && readable.test(pointer));
  const money = operation === "check" ? (status === "OK" ? "offer" : "do-not-sell") : decide(outcome, members);
  return {
    outcome,
    reason: outcome === "unknown" ? "undecided" : null,
    deviations: written.flatMap(([pointer, { actual }]) => (actual ? [{ pointer, actual }] : [])),
    money,
    keepsBody: money === "key-unread" || money === "deliver-and-tell",
    reads: status === "OK" ? Object.fromEntries(meant.map(([at, { means }]) => [at.split("/").at(-1), means])) : {},
  };
}

/** The outcome of each status that is not a refusal. */
const outcomes: Record<string, Judgement["outcome"]> = {
  OK: "succeeded",
  TXN_DUPLICATE: "unknown",
  TXN_NOT_FOUND: "absent",
};

const readable = /^\/(partner_txn_id|product\/(id|price|productKey))$/;

function decide(outcome: Judgement["outcome"], members: Members): Money {
  if (outcome !== "succeeded") return ({ rejected: "refund", absent: "count", unknown: "ask" } as const)[outcome];
  const { "/product/productKey": key, "/product": product, "/product/addInfo": facts } = members;
  if ([key, product, facts].some((each) => each?.isUnreadable)) return "key-unread";
  if (key?.means === undefined) return "no-key";
  return key.actual ? "deliver-and-tell" : "deliver";
}

/** Members that the contract does not have, and that look as if they decided something. */
const foreign = [
  '"code":7',
  '"code":null',
  '"Status":"TXN_CANCELED"',
  '"data":{"status":"OK","x":[]}',
  '"__proto__":{"status":"OK"}',
  '"":[]',
];

/** The JSON text of an object, in any order, with any white space. */
function writeObject(random: Random, members: Members, at: string): string {
  const space = () => (random.happens(90) ? "" : random.pick([" ", "\n", "\t", "\r\n  "]));
  const names = new Set(
    Object.keys(members).flatMap((pointer) =>
      pointer.startsWith(`${at}/`) ? [pointer.slice(at.length + 1).split("/")[0] ?? ""] : [],
    ),
  );
  const written = [...names].flatMap((name) => {
    const pointer = `${at}/${name}`;
    const json = members[pointer] ? members[pointer].json : writeObject(random, members, pointer);
    return json === undefined ? [] : [`${writeName(random, name)}${space()}:${space()}${json}`];
  });
  const all = random.shuffle([...written, ...(random.happens(30) ? [random.pick(foreign)] : [])]);
  return `${space()}{${space()}${all.join(`${space()},${space()}`)}${space()}}${space()}`;
}

/** The name of a member, now and then with an escape, which is the same name. */
const writeName = (random: Random, name: string) =>
  random.happens(95) ? `"${name}"` : `"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}"`;
