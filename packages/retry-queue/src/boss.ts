import type { Db } from "./database.ts";

/**
 * What the queue uses of a `PgBoss`. Its own declarations would compile at a merchant's only with `@types/pg` and
 * `skipLibCheck` (those of pg-boss 12.38 name a type that they leave out), and for the same copy of pg-boss as here.
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
  fail(name: string, claims: Attempt[], output: object | null, options?: Within): Promise<unknown>;
  cancel(name: string, claims: Attempt[], options: Within): Promise<unknown>;
  resume(name: string, ids: string[], options: Within): Promise<unknown>;
  complete(name: string, job: string | Attempt[], output: null, options: Within & { includeQueued?: boolean }): Promise<unknown>;
  deleteJob(name: string, id: string, options: Within): Promise<unknown>;
}

/** A database of pg-boss that has transactions. */
export interface BossDb extends Db {
  beginTransaction(): Promise<{ db: Db; commit(): Promise<void>; rollback(): Promise<void> }>;
}

/** In a transaction of the caller's. */
interface Within {
  db?: Db;
}

/** A claim of a job: the call leaves the job alone when it is another one's by now. */
interface Attempt {
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
