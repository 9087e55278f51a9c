/** Returns numbers in [0, 1). */
type Random = () => number;

const auth = "authorization: Bearer sandbox";
const json = "content-type: application/json";
const validBody = '{"product_id":1,"price":50000,"txn_id":"A-1"}';

/** Creates the bytes of a malformed request: noise, or HTTP with a broken head, frame or body. */
export function createMalformedRequest(random: Random): Buffer {
  return pick(random, kinds)(random);
}

const kinds: readonly ((random: Random) => Buffer)[] = [
  (random) => noise(random, 1 + integer(random, 300)),
  (random) => editBytes(random, head("POST", "/pay", [auth, json, `content-length: ${validBody.length}`]) + validBody),
  (random) => post(random, noise(random, integer(random, 200))),
  (random) => post(random, Buffer.from(validBody.slice(0, integer(random, validBody.length)))),
  (random) => post(random, editBytes(random, validBody).subarray(0, validBody.length - 1)),
  (random) => Buffer.from(head(pick(random, methods), pick(random, paths), [auth])),
  (random) => post(random, Buffer.from(pick(random, bodies))),
  (random) => post(random, Buffer.from("{}"), [pick(random, headers)]),
  (random) =>
    Buffer.from(`${head("POST", "/pay", [pick(random, credentials), pick(random, types), "content-length: 2"])}{}`),
  (random) => Buffer.from(head("POST", "/pay", [auth, json, "transfer-encoding: chunked"]) + pick(random, chunks)),
];

const methods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"];
const paths = ["/pay", "/", "/check/../pay", "/%00", "//pay", "*"];
const bodies = [
  '{"a":'.repeat(200),
  "[".repeat(1000),
  '{"product_id":1e999}',
  '{"product_id":-0.5}',
  '"',
  "null",
  "{}",
  '{"txn_id":"\\ud800\\u0000"}',
];
const headers = [
  "content-encoding: gzip",
  "transfer-encoding: chunked",
  "expect: 100-continue",
  "content-length: 5",
  "x: \u0001",
  `y: ${"z".repeat(20_000)}`,
];
const credentials = ["authorization: Basic \u00ff", "authorization: Bearer", "x: y"];
const types = [json, "content-type: text/plain", "content-type: application/json; charset=utf-16"];
const chunks = ["zz\r\n", "5\r\n{}", "-1\r\n", "ffffffff\r\n", "0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n"];

const head = (method: string, path: string, lines: string[]) =>
  `${method} ${path} HTTP/1.1\r\n${["host: x", "connection: close", ...lines].join("\r\n")}\r\n\r\n`;

/** A request to any operation, with a correct length unless a header in `lines` says otherwise. */
function post(random: Random, body: Buffer, lines: string[] = []): Buffer {
  const path = pick(random, ["/pay", "/check", "/status"]);
  return Buffer.concat([
    Buffer.from(head("POST", path, [auth, json, `content-length: ${body.length}`, ...lines])),
    body,
  ]);
}

/** Replaces one to three bytes. */
function editBytes(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let edits = 1 + integer(random, 3); edits > 0; edits--)
    bytes[integer(random, bytes.length)] = integer(random, 256);
  return bytes;
}

const noise = (random: Random, length: number) => Buffer.from(Array.from({ length }, () => integer(random, 256)));

const integer = (random: Random, limit: number) => Math.floor(random() * limit);

const pick = <T>(random: Random, items: readonly T[]) => items[integer(random, items.length)] as T;
