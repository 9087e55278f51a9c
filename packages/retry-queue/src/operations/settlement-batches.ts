import { ownBooks, sharedBookMs, SharedBooks } from "./books.ts";
import type { Decided, OperationStore, SettleResult } from "./operation-store.ts";
import type { QueueContext } from "./queue-context.ts";

interface Waiting {
  readonly decided: Decided;
  resolve(result: SettleResult | Promise<SettleResult>): void;
  reject(error: unknown): void;
}

/** The most operations that are settled together. */
const maxOperations = 256;
/** How many operations are settled by themselves at the same time: each needs a connection. */
const lanes = 4;

/**
 * Settles decisions, in one commit those that meet. A decision that comes alone is settled by itself, at once. Those
 * that come meanwhile are settled together. One whose `onSettled` throws or takes longer than 50 ms among others is
 * settled again by itself, and nobody waits for it.
 *
 * Where most `onSettled` are slow, sharing is a loss: each batch with a slow one halves the size of the next, down to
 * one, and each without doubles it.
 */
export class SettlementBatches {
  readonly #context: QueueContext;
  readonly #store: OperationStore;
  readonly #waiting: Waiting[] = [];
  /** To be settled by themselves, when a lane is free. */
  readonly #apart: Waiting[] = [];
  #limit = maxOperations;
  #busyLanes = 0;
  #isSettling = false;

  constructor(context: QueueContext, store: OperationStore) {
    this.#context = context;
    this.#store = store;
  }

  /** If it rejects, the transaction was rolled back, or nobody knows whether it was committed. */
  settle(decided: Decided): Promise<SettleResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ decided, resolve, reject });
      if (!this.#isSettling) void this.#settleAll();
    });
  }

  async #settleAll(): Promise<void> {
    this.#isSettling = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#limit);
      const canBeApart = batch.length === 1 && (this.#busyLanes < lanes || this.#limit === 1);
      await (canBeApart ? this.#settleFirst(batch[0]!) : this.#settleTogether(batch));
    }
    this.#isSettling = false;
  }

  /** Gives whatever comes meanwhile the time to gather, but not longer than the books of one may take. */
  async #settleFirst(first: Waiting): Promise<void> {
    const { clock } = this.#context;
    const settled = this.#settleApart(first);
    if (this.#limit === 1) return;
    let timer: unknown;
    const late = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, sharedBookMs)));
    await Promise.race([settled, late]);
    clock.clearTimeout(timer);
  }

  async #settleTogether(batch: readonly Waiting[]): Promise<void> {
    const { storage, clock, onSettled } = this.#context;
    const decided = batch.map((each) => each.decided);
    let results: SettleResult[] = [];
    try {
      results = await storage.transaction((tx) =>
        this.#store.settle(tx, decided, new SharedBooks(tx, clock, onSettled)),
      );
    } catch {
      // Each by itself says why.
    }
    const apart: Waiting[] = [];
    for (const [index, waiting] of batch.entries()) {
      const result = results[index];
      if (result?.kind === "settled") waiting.resolve(result);
      else apart.push(waiting);
    }
    this.#adapt(apart.length > 0);
    for (const waiting of apart) void this.#settleApart(waiting);
  }

  /** Resolves when the operation is settled by itself; it may wait for a lane before. */
  #settleApart(waiting: Waiting): Promise<void> {
    return new Promise((resolve) => {
      const { decided } = waiting;
      const end = (settle: () => void) => (settle(), resolve());
      this.#apart.push({
        decided,
        resolve: (result) => end(() => waiting.resolve(result)),
        reject: (error) => end(() => waiting.reject(error)),
      });
      this.#fillLanes();
    });
  }

  #fillLanes(): void {
    while (this.#busyLanes < lanes && this.#apart.length > 0) void this.#settleInLane(this.#apart.shift()!);
  }

  async #settleInLane({ decided, resolve, reject }: Waiting): Promise<void> {
    const { storage, clock, onSettled } = this.#context;
    this.#busyLanes++;
    const startedAtMs = clock.now();
    try {
      const [result] = await storage.transaction((tx) => this.#store.settle(tx, [decided], ownBooks(tx, onSettled)));
      resolve(result!);
    } catch (error) {
      reject(error);
    }
    this.#adapt(clock.now() - startedAtMs > sharedBookMs);
    this.#busyLanes--;
    this.#fillLanes();
  }

  #adapt(wasSlow: boolean): void {
    this.#limit = wasSlow ? Math.ceil(this.#limit / 2) : Math.min(maxOperations, this.#limit * 2);
  }
}
