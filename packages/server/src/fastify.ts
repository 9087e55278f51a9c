import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "./http.ts";
import { toNodeListener } from "./node.ts";

/** The part of a Fastify 5 instance that the plugin uses. */
interface Fastify {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: "*", parser: (request: unknown, body: unknown, done: (error: null) => void) => void): unknown;
  all(path: "/*", answer: (request: { raw: IncomingMessage }, reply: { hijack(): unknown; raw: ServerResponse }) => void): unknown;
}

/** A plugin for Fastify 5. */
export type FastifyPlugin = (fastify: Fastify, options: unknown, done: () => void) => void;

/**
 * Serves a handler in Fastify: `app.register(toFastifyPlugin(handler), { prefix: "/api" })` with the handler's
 * `basePath: "/api"`. It answers every request below its prefix. Its body parsers are encapsulated and do not touch those of
 * the rest of the app. `maxBodyBytes` is that of `toNodeListener`.
 *
 * @throws A `TypeError` when `maxBodyBytes` is out of range.
 */
export function toFastifyPlugin(handler: Handler, options: { maxBodyBytes?: number } = {}): FastifyPlugin {
  const listener = toNodeListener(handler, options);
  return (fastify, _, done) => {
    fastify.removeAllContentTypeParsers();
    // Leaves the body unread for the listener.
    fastify.addContentTypeParser("*", (_request, _body, parsed) => parsed(null));
    fastify.all("/*", ({ raw }, reply) => {
      reply.hijack();
      listener(raw, reply.raw);
    });
    done();
  };
}
