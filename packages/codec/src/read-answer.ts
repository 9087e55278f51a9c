import type { SchemaOf } from "./codec.ts";
import { type Deviation, Drift } from "./drift.ts";
import { type Issue, issueOf } from "./fault.ts";
import { hasForeignSecret } from "./foreign-secret.ts";
import { read } from "./read.ts";
import { Reader } from "./reader.ts";
import { textFault } from "./text-fault.ts";

/** An answer as a tolerant reader understands it, or the first thing that is wrong with what decides. */
export type ReadAnswer<T> = { ok: true; value: T; drift: AnswerDrift } | { ok: false; issue: Issue };

/** How an answer that was understood differs from the contract. */
export interface AnswerDrift {
  /** What was off contract and decides nothing. Empty for an exact answer. */
  readonly deviations: readonly Deviation[];
  /** Whether the value that repeats the request (`x-echo`) could not be read. */
  readonly isEchoUnread: boolean;
  /** Whether a secret is there that could not be read. */
  readonly isSecretUnread: boolean;
  /** Whether a secret text came as a number, which can have lost digits before it was sent. */
  readonly isSecretDoubtful: boolean;
  /** Whether a secret text stands where only another variant has one: the answer contradicts itself. */
  readonly isContradictory: boolean;
}

/**
 * Reads an answer, strictly in what decides and tolerantly in the rest (interpretations D17 to D19). It never throws.
 *
 * A member that decides nothing (`x-decides: false`) and cannot be read is absent, and so is an optional member that
 * can contain a secret. In every optional member `null`, an empty text where one must not be empty, zero where it must
 * be positive, and `[]` where an object is due count as absent. An exact literal of the other JSON type is read as what
 * it denotes: an integer or a price in quotes, a text that came as an integer. Each is listed in `deviations`.
 */
export function readAnswer<T>(codec: { schema(): SchemaOf<T> }, text: string): ReadAnswer<T> {
  const schema = codec.schema();
  const drift = new Drift();
  const reader = new Reader(text, drift);
  try {
    const value = read(reader, schema);
    reader.end();
    drift.isContradictory = hasForeignSecret(schema, value);
    return { ok: true, value: value as T, drift };
  } catch (error) {
    // A fault of the text itself comes first, wherever it stands.
    return { ok: false, issue: issueOf(textFault(text) ?? error) };
  }
}
