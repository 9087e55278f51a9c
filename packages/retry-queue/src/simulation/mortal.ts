import type { BossDb } from "../boss.ts";
import type { Db } from "../database.ts";
import type { Random } from "./random.ts";
import type { SimClock } from "./sim-clock.ts";

/** A process that ends at one of its awaits: nothing of it goes on from there, and its open transactions are rolled back. */
export class Mortal {
  isAlive = true;
  steps = 0;
  /** Calls of the database that failed. */
  failures = 0;
  diedAt: string | undefined;
  /** Resolves when it has ended. */
  readonly death: Promise<void>;
  #end = () => {};
  readonly #dieAt: number;
  readonly #onDeath: () => void;
  readonly #open = new Set<() => Promise<void>>();
  readonly #clock: SimClock;
  readonly #random: Random;
  readonly #failureRate: number;

  /** `failureRate`: how often a call of the database fails, with or without having happened. */
  constructor(parts: { clock: SimClock; random: Random; dieAt: number; failureRate: number; onDeath: () => void }) {
    this.death = new Promise((resolve) => (this.#end = resolve));
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#dieAt = parts.dieAt;
    this.#failureRate = parts.failureRate;
    this.#onDeath = parts.onDeath;
  }

  /** One await of the code. */
  step = async (label: string): Promise<void> => {
    this.steps++;
    if (this.isAlive && this.steps === this.#dieAt) {
      this.isAlive = false;
      this.diedAt = label;
      await Promise.all([...this.#open].map((rollback) => rollback()));
      this.#onDeath();
      this.#end();
    }
    if (!this.isAlive) await new Promise(() => {});
  };

  /** Runs a call of the database between two steps; it can fail before it is made, or after. */
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

  wrap(db: BossDb): BossDb {
    const within = (inner: Db): Db => ({ executeSql: (text, values) => this.#call(nameOf(text), () => inner.executeSql(text, values)) });
    return {
      ...within(db),
      beginTransaction: async () => {
        const transaction = await this.#call("BEGIN", async () => {
          const begun = await db.beginTransaction();
          this.#open.add(begun.rollback);
          // It waited for its turn, and the process has ended since.
          if (!this.isAlive) await begun.rollback();
          return begun;
        }).catch(async (error) => {
          // Begun, and its answer lost: the server ends it with the connection.
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

/** A statement in a few words. */
const nameOf = (text: string) => {
  const words = text.replace(/\s+/g, " ").trim();
  const table = /(?:FROM|INTO|UPDATE) (?:codegames\.)?([a-z_]+)/.exec(words)?.[1] ?? "";
  return `${words.slice(0, 30)}… ${table}`;
};
