import type { PayResult, StatusResult, Unread } from "@codegames/client";
import type { RetryQueueEvents } from "./events.ts";
import { summarise } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

/** Whose answer a body is: of the order that was asked about, or somebody else's, which came to the wrong place. */
export type UnreadOf = "order" | "mismatch";

interface Kept extends Unread {
  readonly txn_id: string;
  /** Whether the sale is known, and only a part of it could not be read. */
  readonly isOfSale: boolean;
}

type Emit = <Event extends keyof RetryQueueEvents>(event: Event, ...args: RetryQueueEvents[Event]) => void;

const maxBytes = 64 * 1024 * 1024;

/**
 * Keeps in memory the bodies of answers that were not understood, for the operator (interpretation C3). Together they
 * have at most 64 MiB: the oldest are dropped, each with an event.
 */
export class UnreadBodies {
  /** The oldest are first. */
  readonly #kept = new Map<string, Kept>();
  readonly #emit: Emit;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(emit: Emit, limit = maxBytes) {
    this.#emit = emit;
    this.#maxBytes = limit;
  }

  /** Keeps the body of an answer, if it has one to keep. The first of an order stays: the key came with the pay. */
  keep(txnId: string, result: PayResult | StatusResult): void {
    if (!("unread" in result) || !result.unread) return;
    const of = "reason" in result && result.reason === "mismatch" ? "mismatch" : "order";
    const isOfSale = result.outcome === "succeeded";
    const key = keyOf(txnId, of);
    const known = this.#kept.get(key);
    if (!known) {
      this.#kept.set(key, { ...result.unread, txn_id: txnId, isOfSale });
      this.#bytes += sizeOf(result.unread);
      this.#dropOldest();
    } else if (isOfSale && !known.isOfSale) {
      this.#kept.set(key, { ...known, isOfSale });
    }
    if (isOfSale && !result.unread.lacksSecret) {
      const detail =
        "the key of the sale came as a number, and may have lost digits: compare it with the answer itself";
      this.#emit("alarm", { txn_id: txnId, answer: summarise(result), detail });
    }
  }

  /** Erases the body of an order that nobody needs: nothing was sold, or its key was read from another answer. */
  settled({ txn_id: txnId, outcome, isKeyMissing }: Settlement): void {
    const isNeeded = outcome === "succeeded" && (isKeyMissing || this.#kept.get(keyOf(txnId, "order"))?.isOfSale);
    if (!isNeeded) this.erase(txnId);
  }

  erase(txnId: string, of: UnreadOf = "order"): void {
    const key = keyOf(txnId, of);
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#kept.delete(key);
    this.#bytes -= sizeOf(kept);
  }

  get(txnId: string, of: UnreadOf): Unread | undefined {
    const kept = this.#kept.get(keyOf(txnId, of));
    return kept && { body: kept.body, mediaType: kept.mediaType, isCut: kept.isCut, lacksSecret: kept.lacksSecret };
  }

  #dropOldest(): void {
    for (const [key, oldest] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#kept.delete(key);
      this.#bytes -= sizeOf(oldest);
      this.#emit("unread-dropped", { txn_id: oldest.txn_id });
    }
  }
}

const keyOf = (txnId: string, of: UnreadOf) => `${of} ${txnId}`;

const sizeOf = ({ body }: Unread) => body.reveal().byteLength;
