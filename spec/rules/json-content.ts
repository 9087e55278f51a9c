import type { UserContext } from "@redocly/openapi-core";
import { entriesOf, type Located } from "./located.ts";

const JSON_MEDIA_TYPE = /^application\/([\w.-]+\+)?json\b/i;

/** The JSON media types of a request body or a response, including problem details. */
export function* jsonContent(holder: Located, ctx: UserContext): Generator<Located> {
  for (const [name, mediaType] of entriesOf(holder, "content", ctx)) {
    if (JSON_MEDIA_TYPE.test(name)) yield mediaType;
  }
}

/** The JSON media types of the successful answers (2xx) of an operation. */
export function* successfulContent(operation: Located, ctx: UserContext): Generator<Located> {
  for (const [code, response] of entriesOf(operation, "responses", ctx)) {
    if (code.startsWith("2")) yield* jsonContent(response, ctx);
  }
}
