import type { IncomingMessage, ServerResponse } from "node:http";
import { type AdapterOptions, readAdapterOptions } from "./adapter-options.ts";
import { beginCall } from "./call-handler.ts";
import {
  type AnswerWithBody,
  type HandlerResponse,
  originForm,
  type RequestHead,
  type WrappedHandler,
} from "./http.ts";
import { isThenable, type MaybePromise, tryOr, whenReady } from "./maybe-promise.ts";
import { answerUnread, send, sendAndClose } from "./node-answer.ts";
import { type BodyReading, readBody } from "./node-body.ts";
import { isBehindAnother, waitForTurn } from "./pipelining.ts";

/** A listener of `node:http`, `node:https` and everything that takes one, such as Express. Never throws. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Serves a handler with `node:http`. If something else has read the body before, `request.rawBody` must have its bytes,
 * as on Cloud Functions. After a refusal whose body was not read to its end, the connection closes, and nothing that
 * came behind it is served.
 *
 * If the caller goes away before its request is complete, the provider is not called. If it goes away later, the
 * provider is not interrupted, and its answer is dropped as if the network had lost it.
 *
 * @example
 *   ```ts
 *   import { createServer } from "node:http";
 *   import { answerClientError, bearer, createHandler, toNodeListener } from "@codegames/server";
 *
 *   const card = { id: 1234567890n, name: "PSN USA 100 USD", price: 50000, partner_price: 45000 };
 *   const handler = createHandler(
 *     {
 *       check: ({ product_id: id }) =>
 *         id === card.id ? { status: "OK", product: card } : { status: "PRODUCT_NOT_FOUND" },
 *       pay: () => ({ status: "PRODUCT_OUT_OF_STOCK" }),
 *       status: () => ({ status: "TXN_NOT_FOUND" }),
 *     },
 *     { auth: bearer({ [process.env.PARTNER_TOKEN!]: "wallet" }) },
 *   );
 *   const server = createServer(toNodeListener(handler)).on("clientError", answerClientError);
 *   server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
 *   ```
 *
 * @throws A `TypeError` when an option is wrong; the message names it.
 */
export function toNodeListener(handler: WrappedHandler, options: AdapterOptions = {}): NodeListener {
  // Connect routers, such as Express, cut their mount path off `url` and keep the whole path in `originalUrl`.
  return listenerOf(handler, options, ({ url = "/", originalUrl = url }) => originalUrl);
}

/** Some frameworks change `url`, and keep here what was sent. */
type Received = IncomingMessage & { originalUrl?: string };

/** Makes a listener that routes by the path that `targetOf` picks. */
export function listenerOf(
  handler: WrappedHandler,
  options: AdapterOptions,
  targetOf: (request: Received) => string,
): NodeListener {
  const limits = readAdapterOptions(options);
  return (request, response) => {
    response.on("error", () => {});
    const start = (read: () => BodyReading): void => {
      void tryOr(
        () => serve(handler, headOf(request, targetOf(request)), request, response, read),
        () => void response.destroy(),
      );
    };
    if (!isBehindAnother(request, response)) return start(() => readBody(request, limits));
    // While it waits, Node.js would keep its body in pieces.
    const reading = readBody(request, limits);
    waitForTurn(request, response, () => start(() => reading));
  };
}

function headOf(request: Received, target: string): RequestHead {
  const { method = "", url = target, originalUrl: sent = url } = request;
  const path = originForm(target);
  const head = { method, path, headers: headersOf(request) };
  return sent === path ? head : { ...head, target: sent };
}

/** Of these headers Node.js keeps the first and drops the others in silence. Other names it joins with a comma. */
const kept = ["authorization", "content-type"] as const;

/** Makes a list of a header that is repeated, which counts as absent. */
function headersOf({ headers, rawHeaders }: IncomingMessage): RequestHead["headers"] {
  const times = [0, 0];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const { length } = rawHeaders[at]!;
    // Most names are told apart by their length, which costs next to nothing.
    if (length === 13 && rawHeaders[at]!.toLowerCase() === kept[0]) times[0]!++;
    else if (length === 12 && rawHeaders[at]!.toLowerCase() === kept[1]) times[1]!++;
  }
  if (times[0]! < 2 && times[1]! < 2) return headers;
  const repeated = kept.filter((_, at) => times[at]! > 1);
  return { ...headers, ...Object.fromEntries(repeated.map((name) => [name, []])) };
}

/** Calls the handler. `read` begins to read the body. */
function serve(
  handler: WrappedHandler,
  head: RequestHead,
  request: IncomingMessage,
  response: ServerResponse,
  read: () => BodyReading,
): MaybePromise<void> {
  const begun = beginCall(handler, head);
  if (!isThenable(begun)) return proceed(begun, request, response, read);
  // Meanwhile Node.js would keep the body in pieces.
  const reading = read();
  return begun.then((next) => proceed(next, request, response, () => reading));
}

/** Sends the answer, or reads the body first. */
function proceed(
  next: HandlerResponse | AnswerWithBody,
  request: IncomingMessage,
  response: ServerResponse,
  read: () => BodyReading,
): MaybePromise<void> {
  if (typeof next !== "function") return answerUnread(request, response, next);
  read()((body) => {
    const isWhole = typeof body !== "string" || body === "read-before";
    void tryOr(
      () =>
        whenReady(next(body), (answer) => (isWhole ? send(response, answer) : sendAndClose(request, response, answer))),
      () => void response.destroy(),
    );
  });
}
