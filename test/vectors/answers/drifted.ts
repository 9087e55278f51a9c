import type { AnswerCase } from "./answer-case.ts";
import {
  answerCase,
  key,
  notFound,
  notSold,
  offered,
  payment,
  refund,
  sale,
  sold,
  soldReads,
  unknown,
} from "./answer-case.ts";

/** One member of the sold product in place of the usual one: what the reader does without. */
const ofProduct: [name: string, member: string, pointer: string, actual: string][] = [
  ["M35 D18 [] for addInfo, as PHP writes {}", '"addInfo":[]', "/product/addInfo", "an empty array"],
  ["M35 D18 null for addInfo", '"addInfo":null', "/product/addInfo", "null"],
  ["M35 D18 null for shortDescription", '"shortDescription":null', "/product/shortDescription", "null"],
  ["D17 a shortDescription that is a list", '"shortDescription":["a"]', "/product/shortDescription", "an array"],
  ["D17 a shortDescription that is a boolean", '"shortDescription":false', "/product/shortDescription", "a boolean"],
  ["M35 D18 null for the price", '"price":null', "/product/price", "null"],
  ["M35 D18 0 for the price", '"price":0', "/product/price", "zero"],
  ["M35 D18 0.00 for the price", '"price":0.00', "/product/price", "zero"],
  ["D17 an empty text for the price", '"price":""', "/product/price", "an empty text"],
  ["D17 a price of three decimals in quotes", '"price":"50.000"', "/product/price", "a text"],
  ["D17 a price with a currency", '"price":{"amount":50000,"currency":"KZT"}', "/product/price", "an object"],
  ["D17 a negative price", '"price":-5', "/product/price", "a number"],
  ["D17 a price beyond every double", '"price":1e400', "/product/price", "a number"],
  ["D17 a price that a double does not give back", '"price":9007199254740993', "/product/price", "a number"],
];

const nulls = '{"status":"WRONG_PRICE","comment":null,"partner_txn_id":null,"product":null}';
const zeros = `"price":0,${key},"addInfo":null`;
const ofSale: AnswerCase[] = [
  ...ofProduct.map(([name, member, pointer, actual]) =>
    answerCase("pay", name, sale(`${key},${member}`), sold({ [pointer]: actual })),
  ),
  ...(
    [
      ["D17 no name", "", "missing"],
      ["M35 D18 null for the name", '"name":null,', "null"],
      ["M35 D18 an empty name", '"name":"",', "an empty text"],
    ] as const
  ).map(([name, member, actual]) =>
    answerCase(
      "pay",
      name,
      `{${payment},"product":{"id":1234567890,${member}${key}}}`,
      sold({ "/product/name": actual }),
    ),
  ),
  ...(
    [
      ["D17 no id", "", "missing"],
      ["M35 D18 null for the id", '"id":null,', "null"],
    ] as const
  ).map(([name, member, actual]) =>
    answerCase(
      "pay",
      name,
      `{${payment},"product":{${member}"name":"Card",${key}}}`,
      sold({ "/product/id": actual }, { productKey: soldReads.productKey, partner_txn_id: soldReads.partner_txn_id }),
    ),
  ),
  answerCase(
    "pay",
    "D17 a comment that is an object",
    `{"comment":{"ru":"Отказ"},${sale(key).slice(1)}`,
    sold({ "/comment": "an object" }),
  ),
  answerCase(
    "pay",
    "D18 null for the product of a top-up",
    `{${payment},"product":null}`,
    sold({ "/product": "null" }, { partner_txn_id: soldReads.partner_txn_id }),
  ),
  answerCase(
    "pay",
    "D18 [] for the product of a top-up",
    `{${payment},"product":[]}`,
    sold({ "/product": "an empty array" }, { partner_txn_id: soldReads.partner_txn_id }),
  ),
  answerCase(
    "pay",
    "M35 D18 the zero values of Go",
    `{${payment},"comment":"","product":{"id":1234567890,"name":"","shortDescription":"",${zeros}}}`,
    sold({ "/product/name": "an empty text", "/product/price": "zero", "/product/addInfo": "null" }),
  ),
  answerCase(
    "status",
    "D17 a product without id and name",
    `{${payment},"product":{${key}}}`,
    sold(
      { "/product/id": "missing", "/product/name": "missing" },
      { productKey: soldReads.productKey, partner_txn_id: soldReads.partner_txn_id },
    ),
  ),
];

const ofRefusal: AnswerCase[] = [
  answerCase("pay", "D18 the nulls of Java", nulls, refund({ "/partner_txn_id": "null" })),
  answerCase(
    "pay",
    "D18 an empty partner_txn_id",
    '{"status":"WRONG_PRICE","partner_txn_id":""}',
    refund({ "/partner_txn_id": "an empty text" }),
  ),
  answerCase(
    "pay",
    "D17 0 for partner_txn_id",
    '{"status":"WRONG_PRICE","partner_txn_id":0}',
    refund({ "/partner_txn_id": "zero" }),
  ),
  answerCase(
    "pay",
    "D17 a partner_txn_id that is an object",
    '{"status":"WRONG_PRICE","partner_txn_id":{}}',
    refund({ "/partner_txn_id": "an object" }),
  ),
  answerCase(
    "pay",
    "D17 a comment that is an empty list",
    '{"status":"WRONG_PRICE","comment":[]}',
    refund({ "/comment": "an empty array" }),
  ),
  answerCase(
    "pay",
    "D11 an empty product with an empty key",
    '{"status":"WRONG_PRICE","product":{"id":0,"productKey":""}}',
    refund(),
  ),
  answerCase(
    "pay",
    "D11 an empty product with a key of null",
    '{"status":"WRONG_PRICE","product":{"productKey":null}}',
    refund(),
  ),
  answerCase(
    "pay",
    "A1 D18 TXN_DUPLICATE with nulls",
    nulls.replace("WRONG_PRICE", "TXN_DUPLICATE"),
    unknown("undecided", { keepsBody: false, deviations: { "/partner_txn_id": "null" } }),
  ),
  answerCase(
    "status",
    "D18 TXN_NOT_FOUND with nulls",
    nulls.replace("WRONG_PRICE", "TXN_NOT_FOUND"),
    notFound({ "/partner_txn_id": "null" }),
  ),
  answerCase(
    "status",
    "D18 TXN_CANCELED with nulls",
    nulls.replace("WRONG_PRICE", "TXN_CANCELED"),
    refund({ "/partner_txn_id": "null" }),
  ),
  answerCase("check", "D16 a refusal with nulls", nulls.replace("WRONG_PRICE", "PRODUCT_NOT_FOUND"), notSold()),
];

const described = (members: string) => `{"status":"OK","product":{"price":50000.0,${members}}}`;
const ofCheck: AnswerCase[] = [
  answerCase(
    "check",
    "D17 no partner_price",
    described('"id":1234567890,"name":"Card"'),
    offered({ "/product/partner_price": "missing" }),
  ),
  answerCase(
    "check",
    "D18 null for partner_price",
    described('"id":1234567890,"name":"Card","partner_price":null'),
    offered({ "/product/partner_price": "null" }),
  ),
  answerCase(
    "check",
    "D17 a partner_price that is no number",
    described('"id":1234567890,"name":"Card","partner_price":"on request"'),
    offered({ "/product/partner_price": "a text" }),
  ),
  answerCase(
    "check",
    "D18 [] for addInfo",
    described('"id":1234567890,"name":"Card","partner_price":1,"addInfo":[]'),
    offered({ "/product/addInfo": "an empty array" }),
  ),
  answerCase(
    "check",
    "D17 an addInfo that is a text",
    described('"id":1234567890,"name":"Card","partner_price":1,"addInfo":"none"'),
    offered({ "/product/addInfo": "a text" }),
  ),
  answerCase(
    "check",
    "D17 D18 no name, and null for the id",
    described('"id":null,"partner_price":1'),
    offered({ "/product/id": "null", "/product/name": "missing" }, { price: "50000" }),
  ),
];

/** Answers in which what decides nothing is not as the contract says. */
export const driftedCases = [...ofSale, ...ofRefusal, ...ofCheck];
