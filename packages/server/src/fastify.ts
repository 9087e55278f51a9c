import type { IncomingMessage, ServerResponse } from "node:http";
import type { AdapterOptions } from "./adapter-options.ts";
import type { WrappedHandler } from "./http.ts";
import { listenerOf } from "./node.ts";

/** The part of a Fastify 5 instance that the plugin uses. */
interface Fastify {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: "*",
    parser: (request: unknown, body: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(
    path: "/*",
    answer: (request: { raw: IncomingMessage }, reply: { hijack(): unknown; raw: ServerResponse }) => void,
  ): unknown;
}

/** A plugin of Fastify 5. */
export type FastifyPlugin = (fastify: Fastify, options: unknown, done: () => void) => void;

/**
 * Serves a handler in Fastify: `app.register(toFastifyPlugin(handler), { prefix: "/api" })`, with `basePath: "/api"` in
 * the handler. It answers every call below its prefix. It replaces the body parsers there only, not those of your other
 * routes.
 *
 * @throws A `TypeError` when an option is wrong; the message names it.
 */
export function toFastifyPlugin(handler: WrappedHandler, options: AdapterOptions = {}): FastifyPlugin {
  // Fastify leaves its prefix in `url`; `originalUrl` is what `rewriteUrl` was given.
  const listener = listenerOf(handler, options, ({ url = "/" }) => url);
  return (fastify, _, done) => {
    fastify.removeAllContentTypeParsers();
    // This parser leaves the body unread, for the listener.
    fastify.addContentTypeParser("*", (_request, _body, parsed) => parsed(null));
    fastify.all("/*", ({ raw }, reply) => {
      reply.hijack();
      listener(raw, reply.raw);
    });
    done();
  };
}
