import { answerCase, key, sale, sold, soldReads } from "./answer-case.ts";

const { id, partner_txn_id, productKey } = soldReads;
const withProduct = (product: string) => `{"status":"OK","partner_txn_id":"W5345623457426245","product":${product}}`;

const products = [
  ["a list of PINs for the product", '[{"productKey":"FJQR-RGPM-BXLD"}]', "an array"],
  ["a text for the product", '"FJQR-RGPM-BXLD"', "a text"],
  ["an empty text for the product", '""', "an empty text"],
  ["a number for the product", "12345678901234567890", "a number"],
] as const;

const keys = [
  ["a list of keys", '["FJQR-RGPM-BXLD"]', "an array"],
  ["an empty list for the key", "[]", "an empty array"],
  ["M38 an object for the key", '{"code":"FJQR-RGPM-BXLD"}', "an object"],
  ["a boolean for the key", "true", "a boolean"],
  ["a key of 20 digits that an encoder made 1.2e+19", "1.2e+19", "a number"],
  ["a key with a fraction", "12.0", "a number"],
  ["a negative key", "-5", "a number"],
  ["0 for the key", "0", "zero"],
] as const;

const facts = [
  ["a list of PINs for addInfo", '["PIN-1","PIN-2"]', "an array"],
  ["a text for addInfo", '"PIN-1"', "a text"],
] as const;

/** Sales with a secret that is there and cannot be read: sold, the key is missing, the body is kept (D17, B5, C3). */
export const unreadCases = [
  ...products.map(([name, product, actual]) =>
    answerCase(
      "pay",
      `D17 ${name}`,
      withProduct(product),
      sold({ "/product": actual }, { partner_txn_id }, "key-unread"),
    ),
  ),
  ...keys.map(([name, text, actual]) =>
    answerCase(
      "pay",
      `D17 ${name}`,
      sale(`"productKey":${text}`),
      sold({ "/product/productKey": actual }, { id, partner_txn_id }, "key-unread"),
    ),
  ),
  ...facts.map(([name, text, actual]) =>
    answerCase(
      "pay",
      `D17 ${name}`,
      sale(`"addInfo":${text}`),
      sold({ "/product/addInfo": actual }, { id, partner_txn_id }, "key-unread"),
    ),
  ),
  answerCase(
    "pay",
    "D17 a key beside a list of PINs for addInfo",
    sale(`${key},"addInfo":["PIN-1"]`),
    sold({ "/product/addInfo": "an array" }, { id, partner_txn_id, productKey }, "key-unread"),
  ),
  answerCase(
    "status",
    "D17 a list of PINs for the product",
    withProduct('["PIN-1"]'),
    sold({ "/product": "an array" }, { partner_txn_id }, "key-unread"),
  ),
];
