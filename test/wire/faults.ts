import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { type Exchange, type Fault, http } from "./fault-server.ts";

/** What a result is to be: the honest answer of the effect, or a reason, or one of several. */
export type Expected = "answer" | (string & {}) | readonly string[];

export interface WireCase extends Fault {
  expected: Expected;
}

const write = (make: (exchange: Exchange) => Buffer | string, after: (exchange: Exchange) => void = ({ socket }) => socket.end()) =>
  (exchange: Exchange) => void exchange.socket.write(make(exchange), () => after(exchange));

const answering = (name: string, expected: Expected, make: (exchange: Exchange) => Buffer | string): WireCase => ({
  name, expected, answer: write(make),
});

const under = (name: string, expected: Expected, status: number | string | "honest", body?: string | Buffer, headers?: Record<string, string | undefined>): WireCase =>
  answering(name, expected, (exchange) => http(status === "honest" ? exchange.status : status, body ?? exchange.body, headers));

const reset = ({ socket }: Pick<Exchange, "socket">) => socket.resetAndDestroy();
const hang = () => {};

const connection: WireCase[] = [
  { name: "M12 reset on connect", expected: ["connection", "unreachable"], connect: (socket) => socket.resetAndDestroy() },
  { name: "close on connect", expected: "connection", connect: (socket) => socket.destroy() },
  { name: "half-close on connect", expected: ["connection", "timeout"], connect: (socket) => socket.end() },
  { name: "M12 reset with the first bytes", expected: "connection", firstBytes: (socket) => socket.resetAndDestroy() },
  { name: "close with the first bytes", expected: "connection", firstBytes: (socket) => socket.destroy() },
  { name: "an answer with the first bytes", expected: ["http-status", "connection"], firstBytes: (socket) => socket.end(http(503, "{}")) },
  { name: "M07 M08 no answer", expected: "timeout", answer: hang },
  { name: "M12 reset after the request", expected: "connection", answer: reset },
  { name: "close after the request", expected: "connection", answer: ({ socket }) => socket.destroy() },
  { name: "half-close after the request", expected: "connection", answer: ({ socket }) => socket.end() },
  { name: "reset after the answer", expected: ["answer", "connection"], answer: write(({ answer }) => answer, reset) },
  { name: "the whole answer, and the connection open", expected: "answer", answer: write(({ answer }) => answer, hang) },
  { name: "M31 the head, and then nothing", expected: ["timeout", "http-status"], answer: write(({ answer }) => answer.subarray(0, -20), hang) },
  { name: "M31 a drip of bytes", expected: ["timeout"], answer: drip(15) },
];

/** A byte at a time, so slowly that the whole would take longer than the deadline. */
export function drip(periodMs: number) {
  return ({ socket, answer }: Exchange) => {
    let sent = 0;
    const timer = setInterval(() => socket.write(answer.subarray(sent, ++sent)), periodMs);
    socket.on("close", () => clearInterval(timer));
  };
}

const lengths: WireCase[] = [
  under("C3 Content-Length too small", ["malformed", "connection", "http-status"], 200, undefined, { "content-length": "20" }),
  under("C3 Content-Length too large", "connection", 200, undefined, { "content-length": "100000" }),
  ...["-1", "1e3", "abc", "0x10", "99999999999999999999"].map((length) =>
    under(`Content-Length ${length}`, ["connection", "malformed"], 200, undefined, { "content-length": length }),
  ),
  answering("two Content-Lengths that differ", ["connection", "malformed", "http-status"], ({ answer }) => insertHeader(answer, "content-length: 5")),
  answering("Content-Length beside chunked", ["connection", "malformed", "http-status"], ({ answer }) => insertHeader(answer, "transfer-encoding: chunked")),
  under("no length, until the connection closes", "answer", "honest", undefined, { "content-length": undefined }),
  under("C3 empty body", "malformed", 200, ""),
  under("204 without a body", "malformed", "204", "", { "content-length": undefined }),
  under("205 without a body", "malformed", "205", ""),
];

const insertHeader = (answer: Buffer, header: string) => Buffer.from(answer.toString().replace("\r\n", `\r\n${header}\r\n`));

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const chunked = (name: string, expected: Expected, make: (body: string) => string) =>
  answering(name, expected, ({ body, status }) =>
    Buffer.concat([http(status, "", { "content-length": undefined, "transfer-encoding": "chunked" }), Buffer.from(make(body))]));

const chunks: WireCase[] = [
  chunked("chunks", "answer", (body) => `${chunk(body.slice(0, 9))}${chunk(body.slice(9))}0\r\n\r\n`),
  chunked("chunks with extensions and trailers", "answer", (body) => `${chunk(body).replace("\r\n", ";a=b\r\n")}0\r\nx: y\r\n\r\n`),
  chunked("C3 chunks without the last one", "connection", chunk),
  chunked("C3 the last chunk too early", ["malformed", "http-status"], (body) => `${chunk(body.slice(0, 9))}0\r\n\r\n${chunk(body.slice(9))}`),
  chunked("a chunk size that is no number", "connection", (body) => `zz\r\n${body}\r\n0\r\n\r\n`),
  chunked("a chunk that is longer than its size", "connection", (body) => `5\r\n${body}\r\n0\r\n\r\n`),
  chunked("a negative chunk size", "connection", (body) => `-5\r\n${body}\r\n0\r\n\r\n`),
  chunked("a chunk size beyond 2^64", "connection", (body) => `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`),
];

const encoded = (name: string, expected: Expected, encoding: string, make: (body: string) => Buffer) =>
  answering(name, expected, ({ body, status }) => http(status, make(body), { "content-encoding": encoding }));

const encodings: WireCase[] = [
  encoded("gzip", "answer", "gzip", gzipSync),
  encoded("deflate", "answer", "deflate", deflateSync),
  encoded("brotli", "answer", "br", brotliCompressSync),
  encoded("gzip twice", ["answer", "malformed", "http-status"], "gzip, gzip", (body) => gzipSync(gzipSync(body))),
  encoded("gzip that is cut", ["connection", "malformed", "http-status"], "gzip", (body) => gzipSync(body).subarray(0, -12)),
  encoded("gzip that is garbage", ["connection", "malformed", "http-status"], "gzip", Buffer.from),
  encoded("gzip with a spoilt byte", ["connection", "malformed", "http-status"], "gzip", (body) => spoil(gzipSync(body), 15)),
  encoded("brotli that is garbage", ["connection", "malformed", "http-status"], "br", Buffer.from),
  encoded("an encoding that nobody knows", ["malformed", "answer"], "rot13", Buffer.from),
  under("a gzip bomb", "too-large", 200, gzipSync(Buffer.alloc(20_000_000, " ")), { "content-encoding": "gzip" }),
  under("a brotli bomb", "too-large", 200, brotliCompressSync(Buffer.alloc(5_000_000, " ")), { "content-encoding": "br" }),
  under("a body above the limit", "too-large", 200, " ".repeat(1_048_577)),
];

const spoil = (bytes: Buffer, at: number) => (bytes.writeUInt8((bytes[at] ?? 0) ^ 0xff, at), bytes);

const replaced = (name: string, expected: Expected, from: string, to: string) =>
  answering(name, expected, ({ answer }) => answer.toString().replace(from, to));

const heads: WireCase[] = [
  replaced("HTTP/1.0", "answer", "HTTP/1.1", "HTTP/1.0"),
  replaced("HTTP/0.9", ["connection"], "HTTP/1.1 ", ""),
  replaced("HTTP/2.0", ["connection", "answer"], "HTTP/1.1", "HTTP/2.0"),
  replaced("no reason phrase", ["answer", "connection"], " X\r\n", "\r\n"),
  under("a code of two digits", "connection", "20"),
  under("a code of four digits", ["connection", "http-status"], "2000"),
  replaced("a header without a colon", ["connection"], "connection: close", "nonsense"),
  replaced("a header with a NUL", ["connection"], "connection: close", "x: a\0b"),
  replaced("a header of 100 kB", ["connection"], "connection: close", `x: ${"y".repeat(100_000)}`),
  replaced("5000 headers", ["connection", "answer"], "connection: close\r\n", "x: y\r\n".repeat(5000)),
  answering("LF alone", ["connection", "answer"], ({ answer }) => answer.toString().replaceAll("\r\n", "\n")),
  answering("nothing but noise", "connection", () => Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 37) % 256))),
  answering("an answer of TLS", "connection", () => Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
  answering("the answer twice", "answer", ({ answer }) => Buffer.concat([answer, answer])),
  answering("a refusal behind the answer", "answer", ({ answer }) => Buffer.concat([answer, http(200, '{"status":"WRONG_PRICE"}')])),
  ...["100 Continue", "102 Processing", "103 Early Hints"].map((line) =>
    answering(`${line} before the answer`, ["answer", "connection"], ({ answer }) => Buffer.concat([Buffer.from(`HTTP/1.1 ${line}\r\nlink: </x>\r\n\r\n`), answer]))),
  answering("103 twenty times", ["answer", "connection"], ({ answer }) => Buffer.concat([Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20)), answer])),
  answering("103 and nothing else", ["connection"], () => "HTTP/1.1 103 Early Hints\r\n\r\n"),
  answering("101 Switching Protocols", ["connection", "http-status"], () => "HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
];

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const isDoor = (code: number) => [400, 401, 403, 404, 405, 413, 415, 422].includes(code);

const codes: WireCase[] = [
  ...range(300, 308).flatMap((code) => [
    under(`M28 C10 ${code}`, "redirect", code, undefined, { location: "/again" }),
    under(`C10 ${code} without a location`, "redirect", code, code === 304 ? "" : undefined),
  ]),
  ...range(400, 451).map((code) => under(`M29 M30 C9 ${code} without a body`, isDoor(code) ? "request-refused" : code === 407 ? ["http-status", "connection"] : "http-status", code, "", { "retry-after": "5", "www-authenticate": "Basic realm=x" })),
  ...[499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 524, 599].flatMap((code) => [
    under(`M10 C5 ${code} with the answer`, "http-status", code),
    under(`M10 C5 ${code} with HTML`, "http-status", code, "<html>", { "content-type": "text/html" }),
  ]).filter(({ name }) => !name.includes("499 with the answer")),
  ...[999, 600].map((code) => under(`${code}`, ["http-status", "connection"], code)),
];

const json = (name: string, expected: Expected, body: string) => under(`M11 C3 ${name}`, expected, 200, body);

/** An answer that promises neither a sale nor a refusal, whatever the effect was. */
const broken: WireCase[] = [
  json("HTML", "malformed", "<html><body>Bad Gateway</body></html>"),
  json("an empty object", "malformed", "{}"),
  json("an empty array", "malformed", "[]"),
  json("null", "malformed", "null"),
  json("a string", "malformed", '"OK"'),
  json("white space", "malformed", " \r\n\t"),
  json("a single brace", "malformed", "{"),
  json("no quotes", "malformed", "{status:OK}"),
  json("single quotes", "malformed", "{'status':'OK'}"),
  json("a trailing comma", "malformed", '{"status":"OK","partner_txn_id":"W5",}'),
  json("a comment", "malformed", '{"status":"OK","partner_txn_id":"W5"/* */}'),
  json("NaN", "malformed", '{"status":"OK","partner_txn_id":"W5","product":{"id":1234567890,"name":"C","price":NaN}}'),
  json("two documents", "malformed", '{"status":"OK","partner_txn_id":"W5"}{"status":"WRONG_PRICE"}'),
  json("a raw control character", "malformed", '{"status":"OK","partner_txn_id":"W\n5"}'),
  json("a bad escape", "malformed", '{"status":"OK","partner_txn_id":"\\x41"}'),
  json("two marks of byte order", "malformed", '\ufeff\ufeff{"status":"OK","partner_txn_id":"W5"}'),
  json("D16 a status twice, sold last", "malformed", '{"status":"WRONG_PRICE","partner_txn_id":"W5","status":"OK"}'),
  json("D16 a status twice, refused last", "malformed", '{"status":"OK","partner_txn_id":"W5","status":"WRONG_PRICE"}'),
  json("D16 a status twice, escaped", "malformed", '{"status":"OK","partner_txn_id":"W5","\\u0073tatus":"WRONG_PRICE"}'),
  json("OK without an id of the payment", "malformed", '{"status":"OK"}'),
  json("an id of the payment that is a number", "malformed", '{"status":"OK","partner_txn_id":5}'),
  json("a status that is an array", "malformed", '{"status":["WRONG_PRICE"]}'),
  json("a price of nothing", "malformed", '{"status":"OK","partner_txn_id":"W5","product":{"id":1234567890,"name":"C","price":0}}'),
  json("101 levels", "malformed", `{"status":"WRONG_PRICE","x":${"[".repeat(101)}${"]".repeat(101)}}`),
  under("M11 C3 bytes that are no UTF-8", "malformed", 200, Buffer.from('{"status":"WRONG_PRICE","comment":"\xff"}', "latin1")),
  under("M11 C3 UTF-16", "malformed", 200, Buffer.from('{"status":"WRONG_PRICE"}', "utf16le")),
  ...["PENDING", "IN_PROGRESS", "ok", "Ok", "OK ", "TXN_NOT_FOUND", "TXN_CANCELED", "", "wrong_price"].map((status) =>
    json(`M17 D3 status ${JSON.stringify(status)}`, "unrecognised-status", JSON.stringify({ status, partner_txn_id: "W5" }))),
  json("M14 TXN_DUPLICATE", "undecided", '{"status":"TXN_DUPLICATE","partner_txn_id":"W5"}'),
  under("M14 C7 TXN_DUPLICATE under 409", "undecided", 409, '{"status":"TXN_DUPLICATE"}'),
  json("M25 D10 another product", "mismatch", '{"status":"OK","partner_txn_id":"W5","product":{"id":1234567891,"name":"C","productKey":"FJQR-RGPM-BXLD"}}'),
  json("M25 D10 a product that doubles mix up", "malformed", '{"status":"OK","partner_txn_id":"W5","product":{"id":1234567890.00000000000001,"name":"C"}}'),
  under("M34 C8 OK under 400", "http-status", 400, '{"status":"OK","partner_txn_id":"W5"}'),
  under("M34 C8 OK under 404", "http-status", 404, '{"status":"OK","partner_txn_id":"W5"}'),
];

/** An honest answer in odd clothes. */
const tolerated: WireCase[] = [
  answering("M01 M06 the answer", "answer", ({ answer }) => answer),
  answering("M32 a mark of byte order", "answer", ({ body, status }) => http(status, `\ufeff${body}`)),
  answering("M32 D1 D2 D16 fields that nobody knows", "answer", ({ body, status }) =>
    http(status, body.replace(/}$/, ',"code":7,"__proto__":{"status":"OK"},"extra":[{"status":"WRONG_PRICE"}]}'))),
  answering("M32 no media type, white space around", "answer", ({ body, status }) => http(status, ` \n${body}\n`, { "content-type": undefined })),
];

export const faults: WireCase[] = [
  ...connection, ...lengths, ...chunks, ...encodings, ...heads, ...codes, ...broken, ...tolerated,
];
