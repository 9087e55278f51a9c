import type { ServerResponse } from "node:http";
import { operations, type PayResponse, type StatusResponse, type CheckResponse } from "@codegames/contract";
import type { HandlerResponse } from "@codegames/server";
import { drift, isDrift } from "./drift.ts";
import type { FaultKind } from "./fault.ts";
import { sendAgainLater } from "./late-answers.ts";

type AnswerBody = CheckResponse | PayResponse | StatusResponse;

/** A call to spoil: its operation, the honest answer, and the response of `node:http` that carries it. */
export interface Play {
  operation: keyof typeof operations;
  answer: HandlerResponse;
  response: ServerResponse;
  path: string;
}

/** Plays a fault. Returns the spoilt answer, or undefined when the fault acts on the connection itself. */
export function playFault(kind: FaultKind, play: Play): HandlerResponse | undefined {
  const { answer, response, path } = play;
  const { socket } = response;
  switch (kind) {
    case "http-500":
      return problem(500);
    case "http-503":
      return problem(503, { "retry-after": "1" });
    case "http-429":
      return problem(429, { "retry-after": "5" });
    case "http-408":
      return html(408);
    case "http-421":
      return html(421);
    case "http-502":
      return html(502);
    case "http-504":
      return html(504);
    case "html":
      return html(200);
    case "redirect":
      return { status: 307, headers: { location: path, "cache-control": "no-store" }, body: "" };
    case "empty":
      return { ...answer, body: "" };
    case "drop":
      return void socket?.end();
    case "reset":
      return void socket?.resetAndDestroy();
    case "hang":
      return undefined;
    case "cut":
      return void writeSlowly(response, answer, [answer.body.slice(0, -10)], 0);
    case "drip":
      return void writeSlowly(response, answer, Buffer.from(answer.body), 1000);
    case "sent-twice":
      return sendAgainLater(response, answer);
    default:
      return isDrift(kind) ? drift(kind, answer) : { ...answer, body: spoil(kind, play) };
  }
}

function problem(status: number, headers: Record<string, string> = {}): HandlerResponse {
  const body = JSON.stringify({ type: "about:blank", title: "Fault on demand", status });
  const common = { "content-type": "application/problem+json", "cache-control": "no-store" };
  return { status, headers: { ...common, ...headers }, body };
}

const html = (status: number): HandlerResponse => ({
  status,
  headers: { "content-type": "text/html", "cache-control": "no-store" },
  body: `<html><body>${status} fault on demand</body></html>`,
});

/** Announces the whole answer, sends the parts one period apart, and ends the connection. */
function writeSlowly(
  response: ServerResponse,
  { status, headers, body }: HandlerResponse,
  parts: Iterable<string | Uint8Array | number>,
  periodMs: number,
): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  const rest = [...parts].values();
  const next = () => {
    const { done, value } = rest.next();
    if (done || response.destroyed) return void response.socket?.end();
    response.write(typeof value === "number" ? Buffer.of(value) : value);
    setTimeout(next, periodMs).unref();
  };
  next();
}

/** Writes a well-formed answer that says something else. */
function spoil(kind: FaultKind, { operation, answer }: Play): string {
  const codec = operations[operation].response.codec;
  const decoded = codec.decode(String(answer.body));
  const value = decoded.ok ? (decoded.value as AnswerBody) : undefined;
  const partner_txn_id = value && "partner_txn_id" in value ? value.partner_txn_id : undefined;
  const product = value && "product" in value ? value.product : undefined;
  switch (kind) {
    case "unlisted-status":
      return JSON.stringify({ status: "PENDING", partner_txn_id });
    case "duplicate":
      return JSON.stringify({ status: "TXN_DUPLICATE", partner_txn_id });
    case "not-found":
      return JSON.stringify({ status: "TXN_NOT_FOUND" });
    case "canceled":
      return JSON.stringify({ status: "TXN_CANCELED", partner_txn_id });
    case "wrong-product":
      return encode(codec, product && { ...value, product: { ...product, id: product.id + 1n } }, answer);
    default:
      return encode(codec, product && { ...value, product: { ...product, productKey: undefined } }, answer);
  }
}

type Encoder = { encode(value: never): { ok: true; text: string } | { ok: false } };

/** Writes the changed answer, or the honest one when nothing could be changed. */
function encode(codec: Encoder, value: unknown, { body }: HandlerResponse): string {
  const encoded = value === undefined ? undefined : codec.encode(value as never);
  return encoded?.ok ? encoded.text : String(body);
}
