import type { PayResult } from "@codegames/client";
import { newDatabase } from "@codegames/database";
import { systemClock } from "pg-boss";
import { expect, inject, test } from "vitest";
import { Background } from "../background.ts";
import { readPolicy } from "../policy.ts";
import { openStorage } from "../storage/database.ts";
import { makeTables } from "../storage/migrate.ts";
import { makeQueues } from "./jobs.ts";
import { OperationStore } from "./operation-store.ts";
import type { QueueContext } from "./queue-context.ts";
import { neverSent } from "./settlement.ts";

const notSent: PayResult = {
  outcome: "not-sent",
  reason: "unreachable",
  detail: "there is no connection",
  attemptId: "1",
  elapsedMs: 1,
};

/** A store on its own database, and the settlements that `onSettled` saw. */
async function openStore() {
  const storage = await openStorage(await newDatabase(inject("databaseUrl")), "codegames");
  const settled: string[] = [];
  const context: QueueContext = {
    storage,
    name: "hub",
    policy: readPolicy(),
    clock: systemClock,
    random: Math.random,
    emit: () => {},
    background: new Background(() => {}),
    onSettled: ({ txn_id: txnId, outcome }) => void settled.push(`${txnId} ${outcome}`),
  };
  await makeTables(storage, true);
  await makeQueues(context);
  return { store: new OperationStore(context), storage, settled };
}

test("a pay that was never sent is closed, unless it is sent again meanwhile", async () => {
  const { store, storage, settled } = await openStore();
  for (const txnId of ["A-1", "A-2"]) {
    await store.add(txnId, "{}", undefined);
    await store.keepOpen(txnId, notSent);
  }
  expect(await store.reopen((await store.findRow("A-1"))!)).toBe(true);
  expect(await store.settle("A-1", neverSent)).toBeUndefined();
  expect(await store.findRow("A-1")).toMatchObject({ state: "pending", settlement: null });
  expect(await store.settle("A-2", neverSent)).toMatchObject({ outcome: "cancelled", by: "not-sent" });
  expect(await store.reopen((await store.findRow("A-2"))!)).toBe(false);
  expect(settled).toEqual(["A-2 cancelled"]);
  await storage.close();
});

test("a settlement is stored under the names that databases in use hold", async () => {
  const { store, storage } = await openStore();
  await store.add("A-1", undefined, undefined);
  const sold = { ...neverSent, outcome: "succeeded", by: "status", status: "OK", partner_txn_id: "P-1" } as const;
  expect(await store.settle("A-1", sold)).toMatchObject({ isKeyMissing: true });
  const { rows } = await storage.db.executeSql("SELECT settlement FROM codegames.operation");
  expect(rows).toEqual([
    { settlement: { outcome: "succeeded", by: "status", status: "OK", partner_txn_id: "P-1", keyMissing: true } },
  ]);
  await storage.close();
});
