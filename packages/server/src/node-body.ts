import type { IncomingMessage } from "node:http";
import type { AdapterLimits } from "./adapter-options.ts";
import { GrowingBuffer } from "./growing-buffer.ts";
import type { RequestBody } from "./http.ts";

/** A body that is being read. It takes the function that gets the body, once. */
export type BodyReading = (done: (body: RequestBody) => void) => void;

/** Whether a request announces a body (RFC 9112, 6.3). HTTP/2 announces none. */
export const hasBody = ({ headers, httpVersionMajor }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0" || httpVersionMajor > 1;

/** Reads the body from now on, in one growing buffer. */
export function readBody(request: IncomingMessage, { maxBodyBytes, bodyTimeoutMs }: AdapterLimits): BodyReading {
  const known = knownBody(request, maxBodyBytes);
  if (known !== undefined) return (done) => done(known);
  const announced = Number(request.headers["content-length"]);
  const buffer = new GrowingBuffer(maxBodyBytes, announced);
  let result: RequestBody | undefined;
  let tell: ((body: RequestBody) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const settle = (body: RequestBody): void => {
    if (result !== undefined) return;
    clearTimeout(timer);
    result = body;
    tell?.(body);
  };
  request
    .on("data", (chunk: Buffer) => {
      if (result === undefined && !buffer.add(chunk)) settle("too-large");
    })
    .on("end", () => settle(buffer.bytes()))
    // Node.js tells it whenever the caller goes away before the end.
    .on("error", () => settle("aborted"));
  // A timer costs as much as decoding the body, which has mostly come with its headers, and is there in the next tick.
  process.nextTick(() => {
    if (result === undefined && buffer.length !== announced) timer = setTimeout(settle, bodyTimeoutMs, "too-slow");
  });
  return (done) => {
    tell = done;
    if (result !== undefined) done(result);
  };
}

/** What is known of the body before it is read. */
function knownBody(request: IncomingMessage, maxBodyBytes: number): RequestBody | undefined {
  if (!hasBody(request)) return new Uint8Array();
  if (request.readableDidRead) return rawBodyOf(request, maxBodyBytes);
  if (request.readableEnded) return new Uint8Array();
  if (request.destroyed) return "aborted";
  return Number(request.headers["content-length"] ?? 0) > maxBodyBytes ? "too-large" : undefined;
}

/** Whether something else has read the body, and kept no bytes. */
export const isBodyLost = (request: IncomingMessage): boolean =>
  request.readableDidRead && rawBodyOf(request, 0) === "read-before";

/** Whoever reads the body before us keeps its bytes here: Cloud Functions, NestJS, `verify` of Express. */
function rawBodyOf({ rawBody }: IncomingMessage & { rawBody?: unknown }, maxBodyBytes: number): RequestBody {
  const bytes = typeof rawBody === "string" ? new TextEncoder().encode(rawBody) : rawBody;
  if (!(bytes instanceof Uint8Array)) return "read-before";
  return bytes.byteLength > maxBodyBytes ? "too-large" : bytes;
}
