import type { Clock } from "../clock.ts";
import type { Db } from "../storage/db.ts";
import type { OnSettled, Settlement } from "./settlement.ts";

/** How long the books of one operation may take among others, in milliseconds. */
export const sharedBookMs = 50;

/** The SQLSTATE of a statement in a transaction that an error has ended (`in_failed_sql_transaction`). */
const failedTransaction = "25P02";

/** Keeps the merchant's books within a transaction that settles operations. */
export interface Books {
  /** Whether several operations share the transaction: one that somebody else has locked is left to itself then. */
  readonly isShared: boolean;
  /** Returns whether the operation was booked. Throws when the transaction cannot go on. */
  book(settlement: Settlement): Promise<boolean>;
  /** Ends the books: the transaction goes on without them. */
  close(): Promise<void>;
}

/** The books of one operation that has the transaction for itself. */
export const ownBooks = (tx: Db, onSettled: OnSettled): Books => ({
  isShared: false,
  async book(settlement) {
    await onSettled(settlement, tx, { signal: new AbortController().signal });
    return true;
  },
  async close() {},
});

/**
 * Books one operation after another in a transaction that others share: each in a savepoint, and for at most 50 ms. One
 * that takes longer or throws leaves no trace: its `tx` refuses everything from then on, and its signal is aborted.
 *
 * The savepoint is made once and moved on: one round trip for each operation.
 */
export class SharedBooks implements Books {
  readonly isShared = true;
  readonly #tx: Db;
  readonly #clock: Clock;
  readonly #onSettled: OnSettled;
  #isOpen = false;

  constructor(tx: Db, clock: Clock, onSettled: OnSettled) {
    this.#tx = tx;
    this.#clock = clock;
    this.#onSettled = onSettled;
  }

  async book(settlement: Settlement): Promise<boolean> {
    if (!this.#isOpen) {
      // A statement of the books ends in time too: it would hold up what comes after it.
      await this.#tx.executeSql(`SET LOCAL statement_timeout = ${sharedBookMs}; SAVEPOINT book`);
      this.#isOpen = true;
    }
    const own = new OwnTransaction(this.#tx);
    try {
      await this.#inTime(own, settlement);
    } catch {
      return this.#undo(own);
    }
    try {
      await this.#tx.executeSql("RELEASE SAVEPOINT book; SAVEPOINT book");
      return true;
    } catch (error) {
      // The books have hidden an error. After any other one, nobody knows on which side of the savepoint they are.
      if ((error as { code?: unknown }).code === failedTransaction) return this.#undo(own);
      throw error;
    }
  }

  async #undo(own: OwnTransaction): Promise<false> {
    await own.close();
    await this.#tx.executeSql("ROLLBACK TO SAVEPOINT book");
    return false;
  }

  async close(): Promise<void> {
    if (this.#isOpen) await this.#tx.executeSql("RELEASE SAVEPOINT book; SET LOCAL statement_timeout = DEFAULT");
  }

  async #inTime(own: OwnTransaction, settlement: Settlement): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.setTimeout(
      () => late.reject(new Error("too slow to be booked among others")),
      sharedBookMs,
    );
    const abort = new AbortController();
    try {
      await Promise.race([Promise.resolve(this.#onSettled(settlement, own, { signal: abort.signal })), late.promise]);
      await own.close();
    } catch (error) {
      abort.abort(error);
      throw error;
    } finally {
      this.#clock.clearTimeout(timer);
    }
  }
}

/** The transaction as one operation's books see it, until it is closed. */
class OwnTransaction implements Db {
  readonly #tx: Db;
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(tx: Db) {
    this.#tx = tx;
  }

  async executeSql(text: string, values?: unknown[]) {
    if (this.#isClosed) throw new Error("Cannot run SQL: this settlement has ended");
    const running = this.#tx.executeSql(text, values);
    const ended = running.catch(() => {});
    this.#running.add(ended);
    void ended.then(() => this.#running.delete(ended));
    return running;
  }

  /** Refuses further statements, and waits for those that run. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#running);
  }
}
