import type { Duplex } from "node:stream";
import { problemTypes } from "@codegames/contract";
import { answerClientError as answer } from "./client-error.ts";

/**
 * Answers bytes that are not HTTP with problem details: `server.on("clientError", answerClientError)`. Without it,
 * `node:http` answers them without a body.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  answer(error, socket, problemTypes);
}
