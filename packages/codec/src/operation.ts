import type { Codec } from "./codec.ts";

// A codec is invariant in its type: no other type argument takes every codec.
// oxlint-disable-next-line typescript/no-explicit-any
type AnyCodec = Codec<any, any>;

/**
 * The meaning of a status to the caller: `succeeded` and `rejected` are final, `absent` means that the provider does
 * not know the transaction, `unknown` decides nothing.
 */
export type OutcomeClass = "succeeded" | "rejected" | "absent" | "unknown";

/** One operation of a contract: a row of the printed table `operations`. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Path below the base URL. */
  readonly path: string;
  /** Codec of the request body; undefined when the operation takes none. */
  readonly request: AnyCodec | undefined;
  /** The one successful answer. */
  readonly response: { readonly httpStatus: number; readonly codec: AnyCodec };
  /** Codecs of the other answers, by HTTP code; undefined for an answer without a body. */
  readonly problems: { readonly [httpStatus: number]: AnyCodec | undefined };
  /** Outcome class of each `status` (`x-outcome`); empty when the answer has none: then its arrival is the success. */
  readonly outcomes: { readonly [status: string]: OutcomeClass };
  /**
   * The request property that the answer repeats, and its place there (`x-echo`). Another value belongs to another
   * request.
   */
  readonly echo?: { readonly property: string; readonly path: readonly string[] };
  /**
   * The operation that settles an unknown outcome, the request property that identifies it, and the member of both
   * answers with the other side's own identifier, if the contract names it (`x-inquiry`).
   */
  readonly inquiry?: { readonly operation: string; readonly by: string; readonly reference?: string };
  /** How often to inquire, and how far apart (`x-status-queue`). */
  readonly statusQueue?: { readonly attempts: number; readonly periodSeconds: number };
}
