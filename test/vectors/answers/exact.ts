import { answerCase, key, notFound, notSold, offered, refund, sale, sold, soldReads, unknown } from "./answer-case.ts";

const description =
  '"id":1234567890,"name":"Карта пополнения PSN USA 100 USD","shortDescription":"Карта оплаты на 100 долларов."';
const payment = '"partner_txn_id":"W5345623457426245","status":"OK","comment":"Оплата прошла успешно"';
const prices = '"price":50000.0,"partner_price":45000.0,"addInfo":{}';

/** Each answer of the contract as the source has it. */
const examples = [
  answerCase(
    "check",
    "M01 the product",
    `{"status":"OK","comment":"Проверка прошла успешно","product":{${description},${prices}}}`,
    offered(),
  ),
  answerCase("check", "M02 no such product", '{"status":"PRODUCT_NOT_FOUND","comment":"Продукт не найден"}', notSold()),
  answerCase(
    "check",
    "M02 out of stock",
    '{"status":"PRODUCT_OUT_OF_STOCK","comment":"Продукт закончился"}',
    notSold(),
  ),
  answerCase("pay", "M01 a sale", `{${payment},"product":{${description},${key},"addInfo":{}}}`, sold()),
  ...["WRONG_PRICE", "PRODUCT_NOT_FOUND", "PRODUCT_OUT_OF_STOCK"].map((status) =>
    answerCase("pay", `M06 ${status}`, `{"status":"${status}","comment":"Отказ"}`, refund()),
  ),
  answerCase(
    "pay",
    "M14 A1 TXN_DUPLICATE",
    '{"status":"TXN_DUPLICATE","comment":"Дубликат транзакции"}',
    unknown("undecided", { keepsBody: false }),
  ),
  answerCase("status", "B5 sold", `{${payment}}`, sold({}, { partner_txn_id: "W5345623457426245" })),
  answerCase("status", "B1 TXN_NOT_FOUND", '{"status":"TXN_NOT_FOUND","comment":"Транзакция не найдена"}', notFound()),
  answerCase("status", "B7 TXN_CANCELED", '{"status":"TXN_CANCELED","comment":"Транзакция отменена"}', refund()),
];

const paid = { id: "1234567890", partner_txn_id: "W5345623457426245" };
const big = "9007199254740993";

/** What the contract allows beside its examples. */
const allowed = [
  answerCase("pay", "B6 a top-up without a product", `{${payment}}`, sold({}, { partner_txn_id: "W5345623457426245" })),
  answerCase("pay", "B6 no key", sale(""), sold({}, paid)),
  answerCase("pay", "D11 a key of null", sale('"productKey":null'), sold({}, paid)),
  answerCase("pay", "D11 an empty key", sale('"productKey":""'), sold({}, paid)),
  answerCase("pay", "D2 a comment of null", '{"status":"WRONG_PRICE","comment":null}', refund()),
  answerCase("pay", "D12 any addInfo", sale(`${key},"addInfo":{"PIN":[null,1.50,""],"":{"a":[]}}`), sold()),
  answerCase(
    "pay",
    "D1 D16 members of nobody",
    `{"code":7,"Status":"OK","status":"WRONG_PRICE","x":{"status":"OK"}}`,
    refund(),
  ),
  answerCase("pay", "M32 a byte order mark", `\ufeff${sale(key)}`, sold()),
  answerCase("pay", "M32 white space", ` \r\n\t${sale(key)}\n`, sold()),
  answerCase("pay", "M32 no media type", sale(key), sold(), { mediaType: null }),
  answerCase("pay", "M32 another media type", sale(key), sold(), { mediaType: "text/html; charset=UTF-8" }),
  answerCase("pay", "a name with an escape", '{"\\u0073tatus":"WRONG\\u005fPRICE"}', refund()),
  answerCase(
    "pay",
    "escapes in a key",
    sale('"productKey":"\\u041a\\ud83d\\ude00\\/\\"\\\\\\n"'),
    sold({}, { ...soldReads, productKey: 'К😀/"\\\n' }),
  ),
  answerCase(
    "pay",
    "an object that is 100 levels deep",
    `{"status":"WRONG_PRICE","x":${"[".repeat(99)}${"]".repeat(99)}}`,
    refund(),
  ),
  answerCase(
    "pay",
    "M04 D9 an id that no double holds",
    `{${payment},"product":{"id":${big},"name":"Card",${key}}}`,
    sold({}, { ...soldReads, id: big }),
    { request: `{"product_id":${big},"price":50000,"txn_id":"A-1"}` },
  ),
  answerCase("status", "B5 a status with the product", sale(key), sold()),
];

export const exactCases = [...examples, ...allowed];
