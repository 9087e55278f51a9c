import type { Operation } from "@codegames/codec";
import createOpenapiFetch from "openapi-fetch";
import type { FetchInit } from "./fetch.ts";

/** The part of `RequestInit` that a call sends. */
export type Init = FetchInit & { method: string; headers: Headers; duplex?: "half" };

/**
 * URL, method and headers of an operation. It replaces `Request`, which `fetch` would only take apart again: that costs
 * a fifth of a call.
 */
export class PreparedRequest {
  readonly url: string;
  readonly init: Init;

  constructor(url: string, init: Init) {
    this.url = url;
    this.init = init;
  }
}

/** Makes a function that prepares an operation's request, once for all its calls: it costs a twentieth of a call. */
export function createPreparation(baseUrl: string): (operation: Operation) => Promise<PreparedRequest> {
  // openapi-fetch makes the URL and the headers. It would read an error body without a limit and round its int64, so
  // it gets an empty answer; the real answer is read elsewhere.
  const http = createOpenapiFetch<Record<string, never>>({ baseUrl, Request: PreparedRequest as never });
  const prepared = new Map<Operation, Promise<PreparedRequest>>();

  function prepare({ method, path, request }: Operation): Promise<PreparedRequest> {
    return new Promise((resolve, reject) => {
      const keep = async (made: unknown) => {
        resolve(made as PreparedRequest);
        return new Response(null, { status: 204 });
      };
      const headers = request ? { ...accept, "Content-Type": "application/json" } : accept;
      const options = { headers, redirect: "manual", fetch: keep };
      http.request(method.toLowerCase() as never, path as never, options as never).catch(reject);
    });
  }

  return (operation) => {
    const known = prepared.get(operation);
    if (known) return known;
    const made = prepare(operation);
    prepared.set(operation, made);
    return made;
  };
}

const accept = { Accept: "application/json, application/problem+json" };
