import { answerCase, key, sale, unknown } from "./answer-case.ts";

const okay = '{"status":"OK","partner_txn_id":"W5345623457426245"';
const withId = (id: string) => `${okay},"product":{"id":${id},"name":"Card",${key}}}`;
const big = { request: '{"product_id":9007199254740993,"price":50000,"txn_id":"A-1"}' };

/** Bodies that decide nothing about a pay, whatever happened. */
const malformed: [name: string, body: string][] = [
  ["C3 an empty object", "{}"],
  ["C3 an array", "[]"],
  ["C3 a text", '"OK"'],
  ["C3 HTML", "<html><body>OK</body></html>"],
  ["M38 C3 a notice of PHP before the JSON", `<b>Notice</b>: Undefined index in pay.php\n${sale(key)}`],
  ["C3 something after the JSON", `${sale(key)}<!-- 5 ms -->`],
  ["C3 a body that was cut", sale(key).slice(0, -2)],
  ["C3 an envelope", `{"data":${sale(key)}}`],
  ["C3 code in place of status", '{"code":"OK","partner_txn_id":"W5345623457426245"}'],
  ["C3 a trailing comma", `${okay},}`],
  ["C3 NaN", sale('"price":NaN')],
  ["C3 an object that is 101 levels deep", `{"status":"WRONG_PRICE","x":${"[".repeat(100)}${"]".repeat(100)}}`],
  ["D16 a status twice", `${okay},"status":"WRONG_PRICE"}`],
  ["D16 the same status twice, one with an escape", `${okay},"\\u0073tatus":"OK"}`],
  ["D16 a name twice in what nobody reads", `${okay},"x":[{"a":1,"a":1}]}`],
  ["D17 null for the status", '{"status":null,"partner_txn_id":"W5345623457426245"}'],
  ["D17 a status in a list", '{"status":["WRONG_PRICE"]}'],
  ["D17 a health page's OK", '{"status":"OK"}'],
  [
    "D17 an OK with a key, without a partner_txn_id",
    `{"status":"OK","product":{"id":1234567890,"name":"Card",${key}}}`,
  ],
  [
    "D17 a check's answer to a pay",
    '{"status":"OK","product":{"id":1234567890,"name":"Card","price":50000.0,"partner_price":45000.0}}',
  ],
  ...["null", '""', "0", "1.5", "-5", "1e3", "[]", "{}", "true"].map((id): [string, string] => [
    `D17 ${id} for the partner_txn_id`,
    `{"status":"OK","partner_txn_id":${id},"product":{"id":1234567890,"name":"Card",${key}}}`,
  ]),
  ["D17 a key in a refusal", `{"status":"WRONG_PRICE","product":{${key}}}`],
  ["D17 D19 a key without quotes in a refusal", '{"status":"PRODUCT_OUT_OF_STOCK","product":{"productKey":12345}}'],
  ["D17 a key in TXN_DUPLICATE", `{"status":"TXN_DUPLICATE","product":{${key}}}`],
];

const mismatches: [name: string, body: string, actual: string | undefined][] = [
  ["M25 D10 another product", withId("1234567891"), undefined],
  ["D10 D19 another product, in quotes", withId('"1234567891"'), "a text"],
  ["D17 an id with a fraction", withId("1.5"), "a number"],
  ["D17 an id that only a double takes for the right one", withId("1234567890.00000000000001"), "a number"],
  ["D17 an id beyond int64", withId("9223372036854775808"), "a number"],
  ["D17 an empty text for the id", withId('""'), "an empty text"],
  ["D17 [] for the id", withId("[]"), "an empty array"],
  ["D17 an id with a sign in quotes", withId('"+1234567890"'), "a text"],
  ["D17 an id with a leading zero in quotes", withId('"01234567890"'), "a text"],
  ["D17 an id that is a text", withId('"card"'), "a text"],
];

const price = (text: string) =>
  `{"status":"OK","product":{"id":1234567890,"name":"Card","price":${text},"partner_price":1}}`;
const checkAgain = { money: "check-again", keepsBody: false } as const;

const ofCheck = [
  ...[
    '"50.000"',
    '"50,00"',
    '"0"',
    '"-5"',
    '"5e4"',
    '""',
    "0",
    "-5",
    "null",
    "[]",
    "true",
    "1e400",
    "9007199254740993",
    '"9007199254740993"',
  ].map((text) => answerCase("check", `D17 D19 the price ${text}`, price(text), unknown("malformed", checkAgain))),
  answerCase(
    "check",
    "D17 no price",
    '{"status":"OK","product":{"id":1234567890,"name":"Card","partner_price":1}}',
    unknown("malformed", checkAgain),
  ),
  ...["null", "[]", '""'].map((product) =>
    answerCase(
      "check",
      `D17 ${product} for the product`,
      `{"status":"OK","product":${product}}`,
      unknown("malformed", checkAgain),
    ),
  ),
  answerCase("check", "D10 another product", price("1").replace("1234567890", "7"), unknown("mismatch", checkAgain)),
  answerCase("check", "C12 a body that is no JSON", "Service is starting", unknown("malformed", checkAgain)),
  answerCase("check", "M02 D3 a status of nobody", '{"status":"SOLD_OUT"}', unknown("unrecognised-status", checkAgain)),
];

const askAgain = { keepsBody: false };

/** Answers that are read as neither a sale nor a refusal. */
export const brokenCases = [
  ...malformed.map(([name, body]) => answerCase("pay", name, body, unknown("malformed"))),
  ...mismatches.map(([name, body, actual]) =>
    answerCase(
      "pay",
      name,
      body,
      unknown("mismatch", { money: "ask-and-tell", deviations: actual ? { "/product/id": actual } : {} }),
    ),
  ),
  answerCase(
    "pay",
    "D9 D10 an id that a double takes for the one asked for",
    withId("9007199254740992"),
    unknown("mismatch", { money: "ask-and-tell" }),
    big,
  ),
  ...["ok", "OK ", "ОК", "PENDING", "TXN_NOT_FOUND", "TXN_CANCELLED", ""].map((status) =>
    answerCase(
      "pay",
      `M17 D3 the status ${JSON.stringify(status)}`,
      `{"status":"${status}","partner_txn_id":"W5"}`,
      unknown("unrecognised-status"),
    ),
  ),
  answerCase(
    "pay",
    "M17 D3 a status of nobody, behind a byte order mark",
    '\ufeff{"status":"PENDING"}',
    unknown("unrecognised-status"),
  ),
  ...ofCheck,
  answerCase("status", "D17 a health page's OK", '{"status":"OK"}', unknown("malformed", askAgain)),
  answerCase(
    "status",
    "D17 a key in TXN_NOT_FOUND",
    `{"status":"TXN_NOT_FOUND","product":{${key}}}`,
    unknown("malformed", askAgain),
  ),
  answerCase(
    "status",
    "D17 a key in TXN_CANCELED",
    `{"status":"TXN_CANCELED","product":{${key}}}`,
    unknown("malformed", askAgain),
  ),
  answerCase(
    "status",
    "D3 the status of another call",
    '{"status":"WRONG_PRICE"}',
    unknown("unrecognised-status", askAgain),
  ),
];
