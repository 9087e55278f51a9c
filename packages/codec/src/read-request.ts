import type { Codec } from "./codec.ts";
import type { Issue } from "./fault.ts";
import { findInexact, findIssues } from "./find-all.ts";
import { read } from "./read.ts";
import { Reader } from "./reader.ts";

/** A request as a strict reader understands it, or everything that is wrong with it. */
export type ReadRequest<T> =
  | { ok: true; value: T; inexact: readonly string[] }
  | { ok: false; issues: readonly [Issue, ...Issue[]] };

/**
 * Reads a request, as strictly as `decode` does, and tells more about it. It never throws.
 *
 * - `issues` lists the faults, at most 20, and first the one that `decode` tells. Where the text is not JSON, repeats a
 *   name or nests too deep, the faults before that place follow.
 * - `inexact` has a JSON Pointer to each number whose literal a double does not give back: `50000.000000000001` is read
 *   as 50000, and is another price. An int64 is always exact. Where the schema leaves a value open, nothing is said.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- how answers are read does not matter to a request
export function readRequest<T>(codec: Codec<T, any>, text: string): ReadRequest<T> {
  const schema = codec.schema();
  const reader = new Reader(text);
  try {
    const value = read(reader, schema) as T;
    reader.end();
    return { ok: true, value, inexact: reader.isInexact ? findInexact(text, schema) : none };
  } catch (error) {
    return { ok: false, issues: findIssues(text, schema, error) };
  }
}

const none: readonly string[] = Object.freeze([]);
