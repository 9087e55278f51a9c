import { gzipSync } from "node:zlib";
import type { HandlerResponse } from "@codegames/server";
import { digitsOf, numberOf, readExactJson } from "./exact-json.ts";
import { encodeWindows1251 } from "./windows-1251.ts";

type Json = Record<string, unknown>;

/** The same answer in other bytes, as other languages and servers write it. */
const drifts = {
  "empty-arrays": rewrite(({ product, ...body }) => ({ ...body, product: product ? { ...product, addInfo: [] } : [] })),
  nulls: rewrite(({ product, ...body }) => ({
    partner_txn_id: null,
    comment: null,
    ...body,
    product: product
      ? {
          ...blankProduct(null, null),
          ...product,
        }
      : null,
  })),
  "zero-values": rewrite(({ product, ...body }) => ({
    partner_txn_id: "",
    comment: "",
    ...body,
    product: product ? fillInWhatDecides(product) : blankUnlessSold(body),
  })),
  "other-literals": rewrite(({ product, ...body }) => ({
    ...body,
    ...("partner_txn_id" in body && { partner_txn_id: toNumber(String(body["partner_txn_id"])) }),
    ...(product && { product: quoteNumbers(product) }),
  })),
  "numeric-key": rewrite(changeKey((key) => numberOf(key.replace(/\D/g, "").padStart(20, "9")))),
  "object-key": rewrite(changeKey((code) => ({ code }))),
  "windows-1251": ({ body, ...answer }: HandlerResponse) => ({
    ...answer,
    headers: { ...answer.headers, "content-type": "application/json; charset=windows-1251" },
    body: encodeWindows1251(JSON.stringify({ ...readObject(body), comment: "Обработано сервером 1С" })),
  }),
  "php-warning": ({ body, ...answer }: HandlerResponse) => ({ ...answer, body: warning + String(body) }),
  gzip: ({ body, ...answer }: HandlerResponse) => ({
    ...answer,
    headers: { ...answer.headers, "content-encoding": "gzip" },
    body: gzipSync(body),
  }),
  "bare-ok": rewrite(() => ({ status: "OK" })),
} satisfies Record<string, (answer: HandlerResponse) => HandlerResponse>;

/** A fault that loses nothing of the answer, or no more than one member. */
export type DriftKind = keyof typeof drifts;

export const isDrift = (kind: string): kind is DriftKind => Object.hasOwn(drifts, kind);

/** Writes the answer of a call in another way. Problem details stay as they are. */
export const drift = (kind: DriftKind, answer: HandlerResponse): HandlerResponse =>
  answer.status === 200 ? drifts[kind](answer) : answer;

const warning =
  '<br />\n<b>Warning</b>:  Undefined array key "comment" in <b>/var/www/hub/answer.php</b> on line <b>21</b><br />\n';

const readObject = (body: HandlerResponse["body"]) => readExactJson(String(body)) as Json & { product?: Json };

function rewrite(change: (body: Json & { product?: Json }) => Json) {
  return ({ body, ...answer }: HandlerResponse): HandlerResponse => ({
    ...answer,
    body: JSON.stringify(change(readObject(body))),
  });
}

function changeKey(change: (key: string) => unknown): (body: Json & { product?: Json }) => Json {
  return ({ product, ...body }) => {
    const key = product?.["productKey"];
    if (typeof key !== "string") return { ...body, ...(product && { product }) };
    return { ...body, product: { ...product, productKey: change(key) } };
  };
}

/** All members of a product but its id, in a language that cannot leave one out. */
const blankProduct = <Text, Amount>(text: Text, amount: Amount) => ({
  name: text,
  shortDescription: text,
  price: amount,
  partner_price: amount,
  productKey: text,
  addInfo: null,
});

/** The price decides only while the product is for sale, and a product with a key is sold. */
function fillInWhatDecides({ id, price, partner_price, productKey }: Json): Json {
  const isForSale = partner_price !== undefined;
  return { id, ...blankProduct("", 0), ...(isForSale && { price }), ...(productKey !== undefined && { productKey }) };
}

/** An id of 0 in a sale would be another product's. */
const blankUnlessSold = ({ status }: Json) => (status === "OK" ? null : { id: 0, ...blankProduct("", 0) });

/** The last 60 bits of a UUID: a number that no double holds. */
const toNumber = (uuid: string) => numberOf(String(BigInt(`0x${uuid.replaceAll("-", "").slice(-15)}`)));

function quoteNumbers({ id, price, partner_price, ...product }: Json): Json {
  const amounts = Object.entries({ price, partner_price }).filter(([, amount]) => amount !== undefined);
  return {
    ...product,
    id: digitsOf(id),
    ...Object.fromEntries(amounts.map(([name, amount]) => [name, toCents(amount)])),
  };
}

/** `50000` becomes `"50000.00"`. */
function toCents(amount: unknown): string | undefined {
  const digits = digitsOf(amount);
  const [, whole, fraction = ""] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(digits ?? "") ?? [];
  return whole === undefined ? digits : `${whole}.${fraction.padEnd(2, "0")}`;
}
