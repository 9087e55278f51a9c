import type { PayResult, StatusResult, Unread } from "@codegames/client";
import type { RetryQueueEvents, UnreadOf } from "./events.ts";
import { summarise } from "./operation.ts";
import type { Settlement } from "./settlement.ts";

type Kept = Unread & { readonly txn_id: string; readonly of: UnreadOf };

type Emit = <Event extends keyof RetryQueueEvents>(event: Event, ...args: RetryQueueEvents[Event]) => void;

const maxBytes = 64 * 1024 * 1024;
/** What an entry takes beside the bytes of its body. */
const entryBytes = 1024;

/**
 * Keeps in memory the bodies of answers that were not understood, for the operator (interpretation C3). Together they
 * take at most 64 MiB. The oldest are dropped, each with an event; those of sales, the likeliest to hold a key, last.
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

  /** Keeps the body of an answer, if it has one to keep. The first of its kind stays. */
  keep(txnId: string, result: PayResult | StatusResult): void {
    if (!("unread" in result) || !result.unread) return;
    const of = ofResult(result);
    const key = keyOf(txnId, of);
    if (!this.#kept.has(key)) {
      this.#kept.set(key, { ...result.unread, txn_id: txnId, of });
      this.#bytes += sizeOf(result.unread);
      this.#makeRoom();
    }
    if (of === "sale" && !result.unread.lacksSecret) {
      const detail =
        "the key of the sale came as a number, and may have lost digits: compare it with the answer itself";
      this.#emit("alarm", { txn_id: txnId, answer: summarise(result), detail });
    }
  }

  /** Erases the bodies of an order that nobody needs: nothing was sold, or its key came with another answer. */
  settled({ txn_id: txnId, outcome, isKeyMissing }: Settlement): void {
    const isSold = outcome === "succeeded";
    if (!isSold || !isKeyMissing) this.#erase(txnId, "order");
    if (!isSold) this.#erase(txnId, "sale");
  }

  /** Erases the bodies of an order that a person has looked at. */
  erase(txnId: string): void {
    for (const kind of ["sale", "order", "mismatch"] as const) this.#erase(txnId, kind);
  }

  #erase(txnId: string, of: UnreadOf): void {
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

  #makeRoom(): void {
    for (const isSale of [false, true]) {
      for (const { txn_id, of } of this.#kept.values()) {
        if (this.#bytes <= this.#maxBytes) return;
        if ((of === "sale") !== isSale) continue;
        this.#erase(txn_id, of);
        this.#emit("unread-dropped", { txn_id, of });
      }
    }
  }
}

function ofResult(result: PayResult | StatusResult): UnreadOf {
  if (result.outcome === "succeeded") return "sale";
  return "reason" in result && result.reason === "mismatch" ? "mismatch" : "order";
}

const keyOf = (txnId: string, of: UnreadOf) => `${of} ${txnId}`;

const sizeOf = ({ body }: Unread) => body.reveal().byteLength + entryBytes;
