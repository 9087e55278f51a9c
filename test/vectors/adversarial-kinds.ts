import type { Answer, Judgement, OperationName } from "./answer.ts";
import { describe, type Members, type Sale } from "./drift.ts";
import type { Random } from "./random.ts";

/** One kind of answer that looks honest and is not, or that is honest and cannot be read. */
export interface Kind {
  name: string;
  operation: OperationName;
  isSold: boolean;
  change?: (members: Members, random: Random, sale: Sale) => void;
  alter?: (answer: Answer, random: Random) => void;
  expected: Pick<Judgement, "outcome" | "reason" | "money" | "keepsBody">;
}

const unknown = (reason: string, money: Judgement["money"] = "ask", keepsBody = true): Kind["expected"] => ({
  outcome: "unknown",
  reason,
  money,
  keepsBody,
});

const malformed = unknown("malformed");
const keyUnread: Kind["expected"] = { outcome: "succeeded", reason: null, money: "key-unread", keepsBody: true };

const bytes = (text: string) => new TextEncoder().encode(text);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Writes one member in one of these ways. */
const write =
  (pointer: string, ...literals: [string, ...string[]]) =>
  (members: Members, random: Random): void => {
    for (const inner of Object.keys(members)) if (inner.startsWith(`${pointer}/`)) delete members[inner];
    members[pointer] = { json: random.pick(literals) };
  };

/** Writes a member of the product, which is an object then. */
const writeInProduct =
  (name: string, ...literals: [string, ...string[]]) =>
  (members: Members, random: Random): void => {
    delete members["/product"];
    members[`/product/${name}`] = { json: random.pick(literals) };
  };

const offIds = [
  "1.5",
  '"1.5"',
  '""',
  "[]",
  "{}",
  "true",
  '"card"',
  '"+7"',
  "1e400",
  '"0x7"',
  "9223372036854775808",
  "0",
  '"0"',
  "42",
  '"42"',
] as const;
const pins = ['["PIN-1","PIN-2"]', '[{"productKey":"K-1"}]', "[[]]", "[null]"] as const;
const foreignCharsets = [
  "utf-16",
  "utf-16le",
  "utf-32",
  "iso-2022-jp",
  "shift_jis",
  "gbk",
  "big5",
  "euc-kr",
  "utf-7",
  "koi8-u",
  "windows-1250",
  "iso-8859-2",
  "x-user-defined",
  "latin1",
  "ascii",
  "binary",
  "utf-8,utf-8",
] as const;
const twoCharsets = [
  "charset=utf-8; charset=utf-8",
  'charset=utf-8; Charset="windows-1251"',
  "charset=utf-8;x=y;CHARSET=utf8",
] as const;
const otherStatuses = [
  '"ok"',
  '"Ok"',
  '" OK"',
  '"OK "',
  '"OK\\u0000"',
  '"ＯＫ"',
  '"ОК"',
  '"SUCCESS"',
  '"PENDING"',
  '""',
  '"TXN_CANCELLED"',
] as const;
const noStatuses = ["null", "0", "200", "true", "[]", '["OK"]', '{"code":"OK"}'] as const;

const setMediaType =
  (...types: [string, ...string[]]) =>
  (answer: Answer, random: Random): void => {
    answer.headers = { "content-type": `application/json; ${random.pick(types)}` };
  };

const pay = (
  name: string,
  isSold: boolean,
  expected: Kind["expected"],
  more: Pick<Kind, "change" | "alter">,
): Kind => ({
  name,
  operation: "pay",
  isSold,
  expected,
  ...more,
});

/** Every kind of them. */
export const kinds: Kind[] = [
  pay("D17 a health page's OK, with or without more", true, malformed, {
    change: (members) => void delete members["/partner_txn_id"],
  }),
  pay("D17 a partner_txn_id that is none", true, malformed, {
    change: write("/partner_txn_id", "null", '""', "0", "1.5", "-5", "1e5", "[]", "{}", "true"),
  }),
  pay("D17 a check's answer to a pay", true, malformed, {
    change: (members, random, sale) => {
      for (const pointer of Object.keys(members)) if (/^\/(product|partner)/.test(pointer)) delete members[pointer];
      Object.assign(members, describe(random, sale));
    },
  }),
  pay("C8 D17 a key in a refusal", false, malformed, {
    change: writeInProduct("productKey", '"K-1"', '"0"', "12345678901234567890", "7"),
    alter: (answer) => void (answer.httpStatus = 200),
  }),
  pay("C8 D17 a key in a refusal under 4xx", false, unknown("http-status"), {
    change: writeInProduct("productKey", '"K-1"', "12345678901234567890"),
    alter: (answer, random) => void (answer.httpStatus = random.pick([400, 404, 409, 422])),
  }),
  pay("D10 D17 an id that is another or none", true, unknown("mismatch", "ask-and-tell"), {
    change: writeInProduct("id", ...offIds),
  }),
  pay("C5 a sale under 5xx", true, unknown("http-status"), {
    alter: (answer, random) => void (answer.httpStatus = random.pick([500, 502, 503, 504, 599])),
  }),
  pay("C8 a sale under 4xx", true, unknown("http-status"), {
    alter: (answer, random) => void (answer.httpStatus = random.pick([400, 401, 404, 409, 422, 429])),
  }),
  pay("C13 a charset that is not on the list", true, malformed, {
    alter: setMediaType(...(foreignCharsets.map((name) => `charset=${name}`) as [string, ...string[]])),
  }),
  pay("C13 two charsets", true, malformed, { alter: setMediaType(...twoCharsets) }),
  pay("C13 a byte that the charset does not have", true, malformed, {
    change: write("/comment", '"\u007f"'),
    alter: (answer, random) => {
      const [name, byte] = random.pick([
        ["utf-8", 0xe9],
        ["us-ascii", 0x80],
        ["windows-1251", 0x98],
        ["windows-1252", 0x81],
      ] as const);
      answer.headers = { "content-type": `application/json;charset=${name}` };
      answer.body = answer.body.map((each) => (each === 0x7f ? byte : each));
    },
  }),
  pay("D3 a status that is not quite OK", true, unknown("unrecognised-status"), {
    change: write("/status", ...otherStatuses),
  }),
  pay("D17 a status that is no text", true, malformed, { change: write("/status", ...noStatuses) }),
  pay("C3 something before the JSON", true, malformed, {
    alter: (answer, random) =>
      void (answer.body = join(
        bytes(random.pick(["<b>Notice</b>: x\n", "0\r\n", ")]}',\n", "\ufeff\ufeff", "\u00a0"])),
        answer.body,
      )),
  }),
  pay("C3 something after the JSON", true, malformed, {
    alter: (answer, random) =>
      void (answer.body = join(answer.body, bytes(random.pick(["<!-- 5 ms -->", "0", "{}", ",", "}", "\u0000"])))),
  }),
  pay("C3 an envelope", true, malformed, {
    alter: (answer, random) =>
      void (answer.body = join(
        bytes(random.pick(['{"data":', '{"result":1,"response":', "["])),
        answer.body,
        bytes("}"),
      )),
  }),
  pay("D16 a name twice", true, malformed, {
    change: (members) => void (members["/comment"] = { json: '"a","status":"OK"' }),
  }),
  pay("D16 a name twice in what nobody reads", true, malformed, {
    change: (members) => void (members["/x"] = { json: '[{"a":1,"b":2,"\\u0061":1}]' }),
  }),
  pay("D17 a list for the product", true, keyUnread, { change: write("/product", ...pins) }),
  pay("D17 a list for addInfo", true, keyUnread, { change: writeInProduct("addInfo", ...pins) }),
  pay("D17 a key that an encoder has broken", true, keyUnread, {
    change: writeInProduct("productKey", "1.2e+19", "12345678901234567890.0", "1E20", "-5", "0", "1.0"),
  }),
  {
    name: "D19 a price of a check that is none",
    operation: "check",
    isSold: true,
    expected: unknown("malformed", "check-again", false),
    change: writeInProduct(
      "price",
      '"50.000"',
      '"50,00"',
      '"5e1"',
      '"0"',
      '"-5"',
      '"05"',
      '""',
      "0",
      "-5",
      "null",
      "[]",
      "1e400",
      "9007199254740993",
      '"9007199254740993"',
      "0.1000000000000000055511151231257827",
    ),
  },
  {
    name: "D17 a health page's OK to a status",
    operation: "status",
    isSold: true,
    expected: unknown("malformed", "ask", false),
    change: (members) => void delete members["/partner_txn_id"],
  },
  {
    name: "C8 D17 a key in TXN_NOT_FOUND or TXN_CANCELED",
    operation: "status",
    isSold: false,
    expected: unknown("malformed", "ask", false),
    change: writeInProduct("productKey", '"K-1"', "12345678901234567890"),
    alter: (answer) => void (answer.httpStatus = 200),
  },
];
