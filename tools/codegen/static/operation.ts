import type { Codec } from "./codec.ts";

/**
 * What a status means to the caller: `succeeded` and `rejected` are final answers, `absent` says that the provider does
 * not know the transaction, `unknown` decides nothing.
 */
export type OutcomeClass = "succeeded" | "rejected" | "absent" | "unknown";

/** One row of the operations table. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Path below the base URL. */
  readonly path: string;
  /** Codec of the request body; undefined when the operation takes none. `any`: a codec is invariant in its type. */
  readonly request: Codec<any> | undefined;
  /** The one successful answer. */
  readonly response: { readonly httpStatus: number; readonly codec: Codec<any> };
  /** Codecs of the other answers, by HTTP code; undefined for an answer without a body. */
  readonly problems: { readonly [httpStatus: number]: Codec<any> | undefined };
  /** Outcome class of each `status` (`x-outcome`); empty when the answer has none and its arrival is the success. */
  readonly outcomes: { readonly [status: string]: OutcomeClass };
  /** The request property that the answer repeats, and where it does (`x-echo`): an answer with another value is to another request. */
  readonly echo?: { readonly property: string; readonly path: readonly string[] };
  /** The operation that settles an unknown outcome, and the request property that identifies it (`x-inquiry`). */
  readonly inquiry?: { readonly operation: string; readonly by: string };
  /** How often to inquire, and how far apart (`x-status-queue`). */
  readonly statusQueue?: { readonly attempts: number; readonly periodSeconds: number };
}
