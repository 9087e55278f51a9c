import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "./http.ts";
import { toNodeListener } from "./node.ts";

/** What is used of a Fastify 5 instance. */
interface Fastify {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: "*", parser: (request: unknown, body: unknown, done: (error: null) => void) => void): unknown;
  all(path: "/*", answer: (request: { raw: IncomingMessage }, reply: { hijack(): unknown; raw: ServerResponse }) => void): unknown;
}

/** A plugin of Fastify 5. */
export type FastifyPlugin = (fastify: Fastify, options: unknown, done: () => void) => void;

/**
 * Serves a handler in Fastify: `app.register(toFastifyPlugin(handler), { prefix: "/api" })` with the handler's
 * `basePath: "/api"`. It answers everything below its prefix, and its encapsulated parsers leave those of the rest alone.
 * `maxBodyBytes` as in `toNodeListener`.
 */
export function toFastifyPlugin(handler: Handler, options: { maxBodyBytes?: number } = {}): FastifyPlugin {
  const listener = toNodeListener(handler, options);
  return (fastify, _, done) => {
    fastify.removeAllContentTypeParsers();
    // The body is left unread, for the listener.
    fastify.addContentTypeParser("*", (_request, _body, parsed) => parsed(null));
    fastify.all("/*", ({ raw }, reply) => {
      reply.hijack();
      listener(raw, reply.raw);
    });
    done();
  };
}
