import type { Client } from "@codegames/client";
import { newDatabase } from "@codegames/database";
import { systemClock } from "pg-boss";
import { inject } from "vitest";
import { Background } from "../background.ts";
import type { Clock } from "../clock.ts";
import type { Books } from "../operations/books.ts";
import { makeQueues } from "../operations/jobs.ts";
import type { QueueContext } from "../operations/queue-context.ts";
import type { OnSettled, Settlement } from "../operations/settlement.ts";
import { type Policy, readPolicy } from "../policy.ts";
import { createParts } from "../queue-parts.ts";
import { openStorage } from "../storage/database.ts";
import { migrate } from "../storage/migrate.ts";

/** Books that a test keeps by itself. */
export const booksWith = (book: (settlement: Settlement) => void): Books => ({
  isShared: false,
  async book(settlement) {
    book(settlement);
    return true;
  },
  async close() {},
});

export interface PartsOptions {
  policy?: Partial<Policy>;
  onSettled?: OnSettled;
  client?: Partial<Pick<Client, "pay" | "status">>;
  clock?: Partial<Clock>;
}

/** The parts of a queue on a database of their own, and what they told the application. */
export async function openParts({ policy, onSettled, client, clock }: PartsOptions = {}) {
  const url = await newDatabase(inject("databaseUrl"));
  const storage = await openStorage(url, "codegames");
  await migrate(storage, true);
  const events: [event: string, ...args: unknown[]][] = [];
  const settled: Settlement[] = [];
  const context: QueueContext = {
    storage,
    name: "hub",
    policy: readPolicy({ jitter: 0, ...policy }),
    clock: { ...systemClock, ...clock },
    random: () => 0.5,
    emit: (event, ...args) => void events.push([event, ...args]),
    background: new Background((error) => void events.push(["database-failed", error])),
    async onSettled(settlement, tx, options) {
      await onSettled?.(settlement, tx, options);
      settled.push(settlement);
    },
  };
  await makeQueues(context);
  const parts = createParts(context, { pay: refuse, status: refuse, ...client });
  const sql = async (text: string, values?: unknown[]) => (await storage.db.executeSql(text, values)).rows;
  const add = (...txnIds: string[]) => {
    const intents = txnIds.map((txnId) => ({ txnId, request: undefined, expectsKey: undefined }));
    return storage.transaction((tx) => parts.store.addPending(tx, intents));
  };
  return { url, storage, context, ...parts, events, settled, sql, add };
}

const refuse = (): never => {
  throw new Error("no call was due");
};

export type Parts = Awaited<ReturnType<typeof openParts>>;
