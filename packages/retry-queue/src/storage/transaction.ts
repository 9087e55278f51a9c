import { AsyncLocalStorage } from "node:async_hooks";
import type { BossDb, Db } from "./db.ts";

/**
 * Runs the work in a transaction. PostgreSQL answers the COMMIT of a transaction that an error has aborted with
 * ROLLBACK and without an error: work that may have hidden an error must end with a statement, which fails then.
 */
export async function runInTransaction<T>(db: BossDb, work: (tx: Db) => Promise<T>): Promise<T> {
  const transaction = await db.beginTransaction();
  const own = { isOpen: true };
  try {
    const result = await current.run(own, () => work(transaction.db));
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  } finally {
    own.isOpen = false;
  }
}

const current = new AsyncLocalStorage<{ isOpen: boolean }>();

/** Whether the caller runs within the work of a transaction. */
export const isInTransaction = () => current.getStore()?.isOpen === true;
