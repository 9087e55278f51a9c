import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { http } from "./fault-server.ts";
import { type Expected, respond, respondUnder, type WireCase } from "./wire-case.ts";

const lengths: WireCase[] = [
  respondUnder("C3 Content-Length too small", ["malformed", "connection", "http-status"], 200, undefined, {
    "content-length": "20",
  }),
  respondUnder("C3 Content-Length too large", "connection", 200, undefined, { "content-length": "100000" }),
  ...["-1", "1e3", "abc", "0x10", "99999999999999999999"].map((length) =>
    respondUnder(`Content-Length ${length}`, ["connection", "malformed"], 200, undefined, { "content-length": length }),
  ),
  respond("two Content-Lengths that differ", ["connection", "malformed", "http-status"], ({ answer }) =>
    insertHeader(answer, "content-length: 5"),
  ),
  respond("Content-Length beside chunked", ["connection", "malformed", "http-status"], ({ answer }) =>
    insertHeader(answer, "transfer-encoding: chunked"),
  ),
  respondUnder("no length, ended by the close of the connection", "answer", "honest", undefined, {
    "content-length": undefined,
  }),
  respondUnder("C3 empty body", "malformed", 200, ""),
  respondUnder("204 without a body", "malformed", "204", "", { "content-length": undefined }),
  respondUnder("205 without a body", "malformed", "205", ""),
];

const insertHeader = (answer: Buffer, header: string) =>
  Buffer.from(answer.toString().replace("\r\n", `\r\n${header}\r\n`));

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
/** A case that responds in chunks. */
const sendChunks = (name: string, expected: Expected, make: (body: string) => string) =>
  respond(name, expected, ({ body, status }) =>
    Buffer.concat([
      http(status, "", { "content-length": undefined, "transfer-encoding": "chunked" }),
      Buffer.from(make(body)),
    ]),
  );

const chunks: WireCase[] = [
  sendChunks("chunks", "answer", (body) => `${chunk(body.slice(0, 9))}${chunk(body.slice(9))}0\r\n\r\n`),
  sendChunks(
    "chunks with extensions and trailers",
    "answer",
    (body) => `${chunk(body).replace("\r\n", ";a=b\r\n")}0\r\nx: y\r\n\r\n`,
  ),
  sendChunks("C3 chunks without the last one", "connection", chunk),
  sendChunks(
    "C3 the last chunk too early",
    ["malformed", "http-status"],
    (body) => `${chunk(body.slice(0, 9))}0\r\n\r\n${chunk(body.slice(9))}`,
  ),
  sendChunks("a chunk size that is not a number", "connection", (body) => `zz\r\n${body}\r\n0\r\n\r\n`),
  sendChunks("a chunk that is longer than its size", "connection", (body) => `5\r\n${body}\r\n0\r\n\r\n`),
  sendChunks("a negative chunk size", "connection", (body) => `-5\r\n${body}\r\n0\r\n\r\n`),
  sendChunks("a chunk size beyond 2^64", "connection", (body) => `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`),
];

/** A case that responds with an encoded body. */
const sendEncoded = (name: string, expected: Expected, encoding: string, make: (body: string) => Buffer) =>
  respond(name, expected, ({ body, status }) => http(status, make(body), { "content-encoding": encoding }));

const encodings: WireCase[] = [
  sendEncoded("gzip", "answer", "gzip", gzipSync),
  sendEncoded("deflate", "answer", "deflate", deflateSync),
  sendEncoded("brotli", "answer", "br", brotliCompressSync),
  sendEncoded("gzip twice", ["answer", "malformed", "http-status"], "gzip, gzip", (body) => gzipSync(gzipSync(body))),
  sendEncoded("gzip that is cut", ["connection", "malformed", "http-status"], "gzip", (body) =>
    gzipSync(body).subarray(0, -12),
  ),
  sendEncoded("gzip that is garbage", ["connection", "malformed", "http-status"], "gzip", Buffer.from),
  sendEncoded("gzip with a flipped byte", ["connection", "malformed", "http-status"], "gzip", (body) =>
    flipByte(gzipSync(body), 15),
  ),
  sendEncoded("brotli that is garbage", ["connection", "malformed", "http-status"], "br", Buffer.from),
  sendEncoded("an unknown encoding", ["malformed", "answer"], "rot13", Buffer.from),
  respondUnder("a gzip bomb", "too-large", 200, gzipSync(Buffer.alloc(20_000_000, " ")), {
    "content-encoding": "gzip",
  }),
  respondUnder("a brotli bomb", "too-large", 200, brotliCompressSync(Buffer.alloc(5_000_000, " ")), {
    "content-encoding": "br",
  }),
  respondUnder("a body above the limit", "too-large", 200, " ".repeat(1_048_577)),
];

const flipByte = (bytes: Buffer, at: number) => (bytes.writeUInt8((bytes[at] ?? 0) ^ 0xff, at), bytes);

/** Wrong lengths, chunks and encodings of the body. */
export const framingFaults: WireCase[] = [...lengths, ...chunks, ...encodings];
