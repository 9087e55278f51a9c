import type { AnswerCase } from "./answer-case.ts";
import { answerCase, key, offered, refund, sale, sold, soldReads } from "./answer-case.ts";

const described = (price: string, rest = '"partner_price":45000') =>
  `{"status":"OK","product":{"id":1234567890,"name":"Card","price":${price},${rest}}}`;
const digits = "12345678901234567890";
const highest = "9223372036854775807";
const { id, partner_txn_id } = soldReads;

/** Exact values, each written as the other type of JSON (D19). */
export const literalCases: AnswerCase[] = [
  answerCase(
    "pay",
    "M36 D19 an id in quotes",
    `{"status":"OK","partner_txn_id":"W5345623457426245","product":{"id":"1234567890","name":"Card",${key}}}`,
    sold({ "/product/id": "a text" }),
  ),
  ...["-7", highest, "9007199254740993"].map((product) =>
    answerCase(
      "pay",
      `M36 D19 the id ${product} in quotes`,
      `{"status":"OK","partner_txn_id":"W5345623457426245","product":{"id":"${product}","name":"Card",${key}}}`,
      sold({ "/product/id": "a text" }, { ...soldReads, id: product }),
      { request: `{"product_id":${product},"price":50000,"txn_id":"A-1"}` },
    ),
  ),
  ...[digits, "5", `1${"0".repeat(200)}`].map((number) =>
    answerCase(
      "pay",
      `M36 D19 a partner_txn_id of ${number.length} digits without quotes`,
      sale(key).replace('"W5345623457426245"', number),
      sold({ "/partner_txn_id": "a number" }, { ...soldReads, partner_txn_id: number }),
    ),
  ),
  answerCase(
    "status",
    "M36 D19 a partner_txn_id without quotes",
    `{"status":"OK","partner_txn_id":${digits}}`,
    sold({ "/partner_txn_id": "a number" }, { partner_txn_id: digits }),
  ),
  answerCase(
    "pay",
    "D19 a refusal with a partner_txn_id without quotes",
    `{"status":"WRONG_PRICE","partner_txn_id":${digits}}`,
    refund({ "/partner_txn_id": "a number" }),
  ),
  answerCase(
    "pay",
    "D19 a refusal with a comment of digits",
    '{"status":"WRONG_PRICE","comment":42}',
    refund({ "/comment": "a number" }),
  ),
  ...[digits, "123"].map((number) =>
    answerCase(
      "pay",
      `M36 D19 a key of ${number.length} digits without quotes`,
      sale(`"productKey":${number}`),
      sold({ "/product/productKey": "a number" }, { id, partner_txn_id, productKey: number }, "deliver-and-tell"),
    ),
  ),
  answerCase(
    "status",
    "M36 D19 a key without quotes",
    sale(`"productKey":${digits}`),
    sold({ "/product/productKey": "a number" }, { id, partner_txn_id, productKey: digits }, "deliver-and-tell"),
  ),
  ...[
    ["50000.00", "50000"],
    ["50000.5", "50000.5"],
    ["50000", "50000"],
  ].map(([text = "", price = ""]) =>
    answerCase(
      "pay",
      `M35 D19 a sold price of "${text}"`,
      sale(`${key},"price":"${text}"`),
      sold({ "/product/price": "a text" }, { ...soldReads, price }),
    ),
  ),
  answerCase(
    "pay",
    "D19 a name without quotes",
    `{"status":"OK","partner_txn_id":"W5345623457426245","product":{"id":1234567890,"name":2048,${key}}}`,
    sold({ "/product/name": "a number" }),
  ),
  ...["50000.00", "50000", "50000.0"].map((text) =>
    answerCase("check", `D19 a price of "${text}"`, described(`"${text}"`), offered({ "/product/price": "a text" })),
  ),
  answerCase(
    "check",
    "D19 a partner_price in quotes",
    described("50000", '"partner_price":"45000.50"'),
    offered({ "/product/partner_price": "a text" }),
  ),
  answerCase("check", "M03 D5 the price 1005.10", described("1005.10"), offered({}, { id, price: "1005.1" })),
  answerCase("check", "M03 D5 the price 5e4", described("5e4"), offered()),
];
