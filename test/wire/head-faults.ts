import { http } from "./fault-server.ts";
import { type Expected, respond, respondUnder, type WireCase } from "./wire-case.ts";

const replaceInAnswer = (name: string, expected: Expected, from: string, to: string) =>
  respond(name, expected, ({ answer }) => answer.toString().replace(from, to));

const heads: WireCase[] = [
  replaceInAnswer("HTTP/1.0", "answer", "HTTP/1.1", "HTTP/1.0"),
  replaceInAnswer("HTTP/0.9", ["connection"], "HTTP/1.1 ", ""),
  replaceInAnswer("HTTP/2.0", ["connection", "answer"], "HTTP/1.1", "HTTP/2.0"),
  replaceInAnswer("no reason phrase", ["answer", "connection"], " X\r\n", "\r\n"),
  respondUnder("a code of two digits", "connection", "20"),
  respondUnder("a code of four digits", ["connection", "http-status"], "2000"),
  replaceInAnswer("a header without a colon", ["connection"], "connection: close", "nonsense"),
  replaceInAnswer("a header with a NUL", ["connection"], "connection: close", "x: a\0b"),
  replaceInAnswer("a header of 100 kB", ["connection"], "connection: close", `x: ${"y".repeat(100_000)}`),
  replaceInAnswer("5000 headers", ["connection", "answer"], "connection: close\r\n", "x: y\r\n".repeat(5000)),
  respond("LF instead of CRLF", ["connection", "answer"], ({ answer }) => answer.toString().replaceAll("\r\n", "\n")),
  respond("noise instead of HTTP", "connection", () =>
    Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 37) % 256)),
  ),
  respond("a TLS alert", "connection", () => Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
  respond("the answer twice", "answer", ({ answer }) => Buffer.concat([answer, answer])),
  respond("a refusal after the answer", "answer", ({ answer }) =>
    Buffer.concat([answer, http(200, '{"status":"WRONG_PRICE"}')]),
  ),
  ...["100 Continue", "102 Processing", "103 Early Hints"].map((line) =>
    respond(`${line} before the answer`, ["answer", "connection"], ({ answer }) =>
      Buffer.concat([Buffer.from(`HTTP/1.1 ${line}\r\nlink: </x>\r\n\r\n`), answer]),
    ),
  ),
  respond("103 twenty times", ["answer", "connection"], ({ answer }) =>
    Buffer.concat([Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20)), answer]),
  ),
  respond("103 and nothing else", ["connection"], () => "HTTP/1.1 103 Early Hints\r\n\r\n"),
  respond(
    "101 Switching Protocols",
    ["connection", "http-status"],
    () => "HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ),
];

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The result of a 4xx without a body. */
function expectedOf4xx(code: number): Expected {
  if ([400, 401, 403, 404, 405, 413, 415, 422].includes(code)) return "request-refused";
  return code === 407 ? ["http-status", "connection"] : "http-status";
}

const codes: WireCase[] = [
  ...range(300, 308).flatMap((code) => [
    respondUnder(`M28 C10 ${code}`, "redirect", code, undefined, { location: "/again" }),
    respondUnder(`C10 ${code} without a location`, "redirect", code, code === 304 ? "" : undefined),
  ]),
  ...range(400, 451).map((code) => {
    const headers = { "retry-after": "5", "www-authenticate": "Basic realm=x" };
    return respondUnder(`M29 M30 C9 ${code} without a body`, expectedOf4xx(code), code, "", headers);
  }),
  ...[499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 524, 599]
    .flatMap((code) => [
      respondUnder(`M10 C5 ${code} with the answer`, "http-status", code),
      respondUnder(`M10 C5 ${code} with HTML`, "http-status", code, "<html>", { "content-type": "text/html" }),
    ])
    .filter(({ name }) => !name.includes("499 with the answer")),
  ...[999, 600].map((code) => respondUnder(`${code}`, ["http-status", "connection"], code)),
];

/** Wrong status lines and headers, and HTTP codes other than 200. */
export const headFaults: WireCase[] = [...heads, ...codes];
