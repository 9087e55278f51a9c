import type { Db } from "./db.ts";

/**
 * The part of a `PgBoss` that the queue uses. pg-boss's own declarations would compile in a merchant's program only
 * with `@types/pg` and `skipLibCheck` (those of pg-boss 12.38 name a type that they leave out), and only for the same
 * copy of pg-boss as here.
 */
export interface Boss {
  getDb(): Db;
  getQueue(name: string): Promise<object | null>;
  createQueue(name: string, options: QueueOptions): Promise<unknown>;
  updateQueue(name: string, options: QueueOptions): Promise<unknown>;
  insert(name: string, jobs: NewJob[], options: InTransaction): Promise<unknown>;
  update(name: string, data: object, options: InTransaction & { id: string; startAfter: number }): Promise<unknown>;
  fetch(name: string, options: { batchSize: number; maxPriority?: number }): Promise<object[]>;
  findJobs(name: string, options: { id: string }): Promise<FoundJob[]>;
  fail(name: string, leases: LeaseKey[], output: object | null, options?: InTransaction): Promise<unknown>;
  cancel(name: string, leases: LeaseKey[], options: InTransaction): Promise<unknown>;
  resume(name: string, ids: string[], options: InTransaction): Promise<unknown>;
  complete(
    name: string,
    jobs: string | string[] | LeaseKey[],
    output: null,
    options: InTransaction & { includeQueued?: boolean },
  ): Promise<unknown>;
  deleteJob(name: string, ids: string | string[], options: InTransaction): Promise<unknown>;
}

/** Runs the call in the caller's transaction. */
interface InTransaction {
  db?: Db;
}

/** Identifies one lease of a job: the call leaves the job alone when another worker has leased it since. */
interface LeaseKey {
  id: string;
  retryCount: number;
}

interface QueueOptions {
  retryLimit: number;
  retryDelay: number;
  retentionSeconds: number;
  deleteAfterSeconds: number;
  expireInSeconds: number;
}

interface NewJob {
  id: string;
  data: object;
  startAfter?: number;
  retryDelay?: number;
  priority?: number;
}

interface FoundJob {
  state: string;
  retryCount: number;
  startAfter: Date;
  startedOn: Date | null;
  output: object | null;
}
