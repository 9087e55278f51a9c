import type { Db } from "./db.ts";

/**
 * The part of `PgBoss` that the queue uses. The declarations of pg-boss itself would compile at a merchant only with
 * `@types/pg` and `skipLibCheck` (those of 12.38 name a type that they do not export), and only for the same copy of pg-boss.
 */
export interface Boss {
  getDb(): Db;
  getQueue(name: string): Promise<object | null>;
  createQueue(name: string, options: QueueOptions): Promise<unknown>;
  updateQueue(name: string, options: QueueOptions): Promise<unknown>;
  insert(name: string, jobs: NewJob[], options: Within): Promise<unknown>;
  update(name: string, data: object, options: Within & { id: string; startAfter: number }): Promise<unknown>;
  fetch(name: string, options: { batchSize: number; maxPriority?: number }): Promise<object[]>;
  findJobs(name: string, options: { id: string }): Promise<FoundJob[]>;
  fail(name: string, leases: HeldJob[], output: object | null, options?: Within): Promise<unknown>;
  cancel(name: string, leases: HeldJob[], options: Within): Promise<unknown>;
  resume(name: string, ids: string[], options: Within): Promise<unknown>;
  complete(
    name: string,
    job: string | HeldJob[],
    output: null,
    options: Within & { includeQueued?: boolean },
  ): Promise<unknown>;
  deleteJob(name: string, id: string, options: Within): Promise<unknown>;
}

/** The caller's transaction. */
interface Within {
  db?: Db;
}

/** The lease of a job. The call does nothing when another process holds the job now. */
interface HeldJob {
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
