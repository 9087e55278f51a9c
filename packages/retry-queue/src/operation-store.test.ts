import type { PayResult } from "@codegames/client";
import { newDatabase } from "@codegames/database";
import { systemClock } from "pg-boss";
import { expect, inject, test } from "vitest";
import { openStorage } from "./database.ts";
import { makeQueues } from "./job.ts";
import { OperationStore } from "./operation-store.ts";
import { readPolicy } from "./options.ts";
import type { QueueContext } from "./queue-context.ts";
import { neverSent } from "./settlement.ts";
import { makeTables } from "./tables.ts";

const notSent: PayResult = { outcome: "not-sent", reason: "unreachable", detail: "there is no connection", attemptId: "1", elapsedMs: 1 };

test("what nobody sent is closed, unless it is sent again meanwhile", async () => {
  const storage = await openStorage(await newDatabase(inject("databaseUrl")), "codegames");
  const settled: string[] = [];
  const context: QueueContext = {
    storage, name: "hub", policy: readPolicy(), clock: systemClock, random: Math.random, emit: () => {},
    onSettled: ({ txn_id, outcome }) => void settled.push(`${txn_id} ${outcome}`),
  };
  await makeTables(storage, true);
  await makeQueues(context);
  const ledger = new OperationStore(context);
  for (const txnId of ["A-1", "A-2"]) {
    await ledger.add(txnId, "{}", undefined);
    await ledger.keepOpen(txnId, notSent);
  }
  expect(await ledger.reopen((await ledger.row("A-1"))!)).toBe(true);
  expect(await ledger.settle("A-1", neverSent)).toBeUndefined();
  expect(await ledger.row("A-1")).toMatchObject({ state: "pending", settlement: null });
  expect(await ledger.settle("A-2", neverSent)).toMatchObject({ outcome: "cancelled", by: "not-sent" });
  expect(await ledger.reopen((await ledger.row("A-2"))!)).toBe(false);
  expect(settled).toEqual(["A-2 cancelled"]);
  await storage.close();
});
