import type { BossDb, Db } from "../db.ts";
import type { Random } from "./random.ts";
import type { SimClock } from "./sim-clock.ts";

/** A simulated process that crashes at one of its awaits: nothing of it continues, and its transactions are rolled back. */
export class SimProcess {
  isAlive = true;
  steps = 0;
  /** Database calls that failed. */
  failures = 0;
  crashedAt: string | undefined;
  /** Resolves when it has crashed. */
  readonly crashed: Promise<void>;
  #end = () => {};
  readonly #crashAt: number;
  readonly #onCrash: () => void;
  readonly #open = new Set<() => Promise<void>>();
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #failureRate: number;

  /** `failureRate` is the share of database calls that fail, before or after their effect. */
  constructor(parts: { clock: SimClock; random: Random; crashAt: number; failureRate: number; onCrash: () => void }) {
    this.crashed = new Promise((resolve) => (this.#end = resolve));
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#crashAt = parts.crashAt;
    this.#failureRate = parts.failureRate;
    this.#onCrash = parts.onCrash;
  }

  /** One await of the code: a possible crash point. */
  step = async (label: string): Promise<void> => {
    this.steps++;
    if (this.isAlive && this.steps === this.#crashAt) {
      this.isAlive = false;
      this.crashedAt = label;
      await Promise.all([...this.#open].map((rollback) => rollback()));
      this.#onCrash();
      this.#end();
    }
    if (!this.isAlive) await new Promise(() => {});
  };

  /** Runs a database call between two steps. It can fail before its effect or after. */
  async #call<T>(label: string, call: () => Promise<T>): Promise<T> {
    await this.step(`before ${label}`);
    this.#clock.underWay++;
    try {
      this.#fail("connection lost (simulated)");
      const result = await call();
      this.#fail("connection lost after the fact (simulated)");
      return result;
    } finally {
      this.#clock.underWay--;
      await this.step(`after ${label}`);
    }
  }

  #fail(message: string): void {
    if (!this.#random.chance(this.#failureRate)) return;
    this.failures++;
    throw new Error(message);
  }

  /** Wraps a database so that every call is a possible crash point. */
  wrap(db: BossDb): BossDb {
    const within = (inner: Db): Db => ({ executeSql: (text, values) => this.#call(statementName(text), () => inner.executeSql(text, values)) });
    return {
      ...within(db),
      beginTransaction: async () => {
        const transaction = await this.#call("BEGIN", async () => {
          const begun = await db.beginTransaction();
          this.#open.add(begun.rollback);
          // The process crashed while this call waited for its turn.
          if (!this.isAlive) await begun.rollback();
          return begun;
        }).catch(async (error) => {
          // It began, but its answer was lost: the server rolls it back with the connection.
          await Promise.all([...this.#open].map((rollback) => rollback()));
          this.#open.clear();
          throw error;
        });
        const rollback = () => {
          this.#open.delete(transaction.rollback);
          return transaction.rollback();
        };
        const commit = async () => {
          this.#open.delete(transaction.rollback);
          await transaction.commit();
        };
        return {
          db: within(transaction.db) as never,
          commit: () => this.#call("COMMIT", commit).catch(async (error) => {
            await rollback();
            throw error;
          }),
          rollback,
        };
      },
    };
  }
}

/** Names a statement in a few words. */
const statementName = (text: string) => {
  const words = text.replace(/\s+/g, " ").trim();
  const table = /(?:FROM|INTO|UPDATE) (?:codegames\.)?([a-z_]+)/.exec(words)?.[1] ?? "";
  return `${words.slice(0, 30)}… ${table}`;
};
