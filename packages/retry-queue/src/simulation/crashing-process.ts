import type { BossDb, Db } from "../storage/db.ts";
import type { Random } from "./random.ts";
import type { SimClock } from "./sim-clock.ts";

export interface CrashingProcessOptions {
  clock: SimClock;
  random: Random;
  /** The process crashes at this one of its crash points, counted from 1. */
  crashAt: number;
  /** How often a database call fails, before or after it takes effect. */
  failureRate: number;
  onCrash: () => void;
}

/** A process that crashes at one of its awaits: it never continues from there, and its open transactions roll back. */
export class CrashingProcess {
  isAlive = true;
  /** Crash points that it has passed. */
  crashPoints = 0;
  /** Database calls that failed. */
  failures = 0;
  crashedAt: string | undefined;
  /** Resolves after the crash. */
  readonly crash: Promise<void>;
  #resolveCrash = () => {};
  readonly #options: CrashingProcessOptions;
  readonly #openTransactions = new Set<() => Promise<void>>();

  constructor(options: CrashingProcessOptions) {
    this.crash = new Promise((resolve) => (this.#resolveCrash = resolve));
    this.#options = options;
  }

  /** Marks one await of the code, at which the process can crash. */
  passCrashPoint = async (label: string): Promise<void> => {
    this.crashPoints++;
    if (this.isAlive && this.crashPoints === this.#options.crashAt) {
      this.isAlive = false;
      this.crashedAt = label;
      await Promise.all([...this.#openTransactions].map((rollback) => rollback()));
      this.#options.onCrash();
      this.#resolveCrash();
    }
    if (!this.isAlive) await new Promise(() => {});
  };

  /** Makes a database call between two crash points; it can fail before or after it takes effect. */
  async #call<T>(label: string, call: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    await this.passCrashPoint(`before ${label}`);
    clock.callsUnderWay++;
    try {
      this.#failByChance("connection lost (simulated)");
      const result = await call();
      this.#failByChance("connection lost after the fact (simulated)");
      return result;
    } finally {
      clock.callsUnderWay--;
      await this.passCrashPoint(`after ${label}`);
    }
  }

  #failByChance(message: string): void {
    if (!this.#options.random.chance(this.#options.failureRate)) return;
    this.failures++;
    throw new Error(message);
  }

  /** Adds crash points and failures to a database. */
  wrap(db: BossDb): BossDb {
    return { ...this.#wrapCalls(db), beginTransaction: () => this.#beginTransaction(db) };
  }

  #wrapCalls(db: Db): Db {
    return {
      executeSql: (text, values) => this.#call(summaryOf(text), () => db.executeSql(text, values)),
    };
  }

  async #beginTransaction(db: BossDb): ReturnType<BossDb["beginTransaction"]> {
    const begin = async () => {
      const begun = await db.beginTransaction();
      this.#openTransactions.add(begun.rollback);
      // The process has crashed while the transaction waited for its turn.
      if (!this.isAlive) await begun.rollback();
      return begun;
    };
    const transaction = await this.#call("BEGIN", begin).catch(async (error) => {
      // The transaction has begun, but the answer is lost: the server ends it with the connection.
      await Promise.all([...this.#openTransactions].map((rollback) => rollback()));
      this.#openTransactions.clear();
      throw error;
    });
    const rollback = () => {
      this.#openTransactions.delete(transaction.rollback);
      return transaction.rollback();
    };
    const commit = async () => {
      this.#openTransactions.delete(transaction.rollback);
      await transaction.commit();
    };
    return {
      db: this.#wrapCalls(transaction.db),
      commit: () =>
        this.#call("COMMIT", commit).catch(async (error) => {
          await rollback();
          throw error;
        }),
      rollback,
    };
  }
}

/** Shortens a statement for a label. */
const summaryOf = (text: string) => {
  const words = text.replace(/\s+/g, " ").trim();
  if (words.includes("SAVEPOINT")) return words;
  const table = /(?:FROM|INTO|UPDATE) (?:codegames\.)?([a-z_]+)/.exec(words)?.[1] ?? "";
  return `${words.slice(0, 30)}… ${table}`;
};
