import { http } from "./fault-server.ts";
import { type Expected, respond, respondUnder, type WireCase } from "./wire-case.ts";

const payment = '"status":"OK","partner_txn_id":"W5"';

/** A case that responds under HTTP 200 with this text. */
const respondJson = (name: string, expected: Expected, body: string) =>
  respondUnder(`M11 C3 ${name}`, expected, 200, body);

/** Answers that prove neither a sale nor a refusal, whatever the provider did. */
const broken: WireCase[] = [
  respondJson("HTML", "malformed", "<html><body>Bad Gateway</body></html>"),
  respondJson("an empty object", "malformed", "{}"),
  respondJson("an empty array", "malformed", "[]"),
  respondJson("null", "malformed", "null"),
  respondJson("a string", "malformed", '"OK"'),
  respondJson("white space", "malformed", " \r\n\t"),
  respondJson("a single brace", "malformed", "{"),
  respondJson("no quotes", "malformed", "{status:OK}"),
  respondJson("single quotes", "malformed", "{'status':'OK'}"),
  respondJson("a trailing comma", "malformed", `{${payment},}`),
  respondJson("a comment", "malformed", `{${payment}/* */}`),
  respondJson("NaN", "malformed", `{${payment},"product":{"id":1234567890,"name":"C","price":NaN}}`),
  respondJson("two documents", "malformed", `{${payment}}{"status":"WRONG_PRICE"}`),
  respondJson("a raw control character", "malformed", '{"status":"OK","partner_txn_id":"W\n5"}'),
  respondJson("a bad escape", "malformed", '{"status":"OK","partner_txn_id":"\\x41"}'),
  respondJson("two byte order marks", "malformed", `\ufeff\ufeff{${payment}}`),
  respondJson(
    "D16 a status twice, sold last",
    "malformed",
    '{"status":"WRONG_PRICE","partner_txn_id":"W5","status":"OK"}',
  ),
  respondJson("D16 a status twice, refused last", "malformed", `{${payment},"status":"WRONG_PRICE"}`),
  respondJson("D16 a status twice, escaped", "malformed", `{${payment},"\\u0073tatus":"WRONG_PRICE"}`),
  respondJson("OK without partner_txn_id", "malformed", '{"status":"OK"}'),
  respondJson("D19 a partner_txn_id with a fraction", "malformed", '{"status":"OK","partner_txn_id":5.5}'),
  respondJson("D17 D18 null for the partner_txn_id", "malformed", '{"status":"OK","partner_txn_id":null}'),
  respondJson("a status that is an array", "malformed", '{"status":["WRONG_PRICE"]}'),
  respondJson("D17 a key in a refusal", "malformed", '{"status":"WRONG_PRICE","product":{"productKey":"FJQR"}}'),
  respondJson("101 levels", "malformed", `{"status":"WRONG_PRICE","x":${"[".repeat(101)}${"]".repeat(101)}}`),
  respondUnder(
    "M11 C3 bytes that are not UTF-8",
    "malformed",
    200,
    Buffer.from('{"status":"WRONG_PRICE","comment":"\xff"}', "latin1"),
  ),
  respondUnder("C3 C13 utf-16 declared", "malformed", 200, '{"status":"WRONG_PRICE"}', {
    "content-type": "application/json; charset=utf-16",
  }),
  respondUnder("M11 C3 UTF-16", "malformed", 200, Buffer.from('{"status":"WRONG_PRICE"}', "utf16le")),
  ...["PENDING", "IN_PROGRESS", "ok", "Ok", "OK ", "TXN_NOT_FOUND", "TXN_CANCELED", "", "wrong_price"].map((status) =>
    respondJson(
      `M17 D3 status ${JSON.stringify(status)}`,
      "unrecognised-status",
      JSON.stringify({ status, partner_txn_id: "W5" }),
    ),
  ),
  respondJson("M14 TXN_DUPLICATE", "undecided", '{"status":"TXN_DUPLICATE","partner_txn_id":"W5"}'),
  respondUnder("M14 C7 TXN_DUPLICATE under 409", "undecided", 409, '{"status":"TXN_DUPLICATE"}'),
  respondJson(
    "M25 D10 another product",
    "mismatch",
    `{${payment},"product":{"id":1234567891,"name":"C","productKey":"FJQR-RGPM-BXLD"}}`,
  ),
  respondJson(
    "M25 D10 D17 a product id that a double rounds to the right one",
    "mismatch",
    `{${payment},"product":{"id":1234567890.00000000000001,"name":"C"}}`,
  ),
  respondUnder("M34 C8 OK under 400", "http-status", 400, `{${payment}}`),
  respondUnder("M34 C8 OK under 404", "http-status", 404, `{${payment}}`),
];

/** Russian letters lie 848 code points below their place in Unicode. */
const inWindows1251 = (text: string) =>
  Buffer.from(
    text.replace(/[А-я]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 848)),
    "latin1",
  );

/** Honest answers with oddities that the client must accept. */
const tolerated: WireCase[] = [
  respond("M01 M06 the answer", "answer", ({ answer }) => answer),
  respond("M32 a byte order mark", "answer", ({ body, status }) => http(status, `\ufeff${body}`)),
  respond("M35 M36 D17 D18 D19 the answer with drifts", "answer", ({ drifted, status }) => http(status, drifted)),
  respond("M37 C13 the answer in windows-1251", "answer", ({ body, status }) =>
    http(status, inWindows1251(body), { "content-type": "application/json; charset=windows-1251" }),
  ),
  respond("M32 D1 D2 D16 unknown fields", "answer", ({ body, status }) =>
    http(status, body.replace(/}$/, ',"code":7,"__proto__":{"status":"OK"},"extra":[{"status":"WRONG_PRICE"}]}')),
  ),
  respond("M32 no media type, white space around the body", "answer", ({ body, status }) =>
    http(status, ` \n${body}\n`, { "content-type": undefined }),
  ),
];

/** Broken bodies, and correct ones with oddities. */
export const bodyFaults: WireCase[] = [...broken, ...tolerated];
