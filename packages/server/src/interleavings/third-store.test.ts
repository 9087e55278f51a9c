import { expect, test } from "vitest";
import type { OpenStore } from "../transaction-store/store-case.ts";
import { storeCases } from "../transaction-store/store-cases.ts";
import {
  isUndecided,
  settledAs,
  type Transaction,
  type TransactionKey,
  type Undecided,
} from "../transaction-store/transaction-store.ts";

/** The least that a store can be. Nobody waits for a lock here: whoever meets one has lost. */
const openMapStore: OpenStore = async ({ now }) => {
  const rows = new Map<string, { transaction: Transaction; untilMs: number; isLocked: boolean }>();
  const keyOf = ({ merchant, txn_id }: TransactionKey) => JSON.stringify([merchant, txn_id]);
  const isOver = (untilMs: number) => untilMs <= now();
  let leases = 0;
  const read = (key: string): Transaction | undefined => {
    const row = rows.get(key);
    if (!row || !isUndecided(row.transaction)) return row?.transaction;
    return { ...row.transaction, isLeaseOver: isOver(row.untilMs) };
  };
  const rowAsSeen = (seen: Undecided) => {
    const row = rows.get(keyOf(seen));
    if (!row || row.isLocked || !isUndecided(row.transaction)) return undefined;
    return row.transaction.state === seen.state && row.transaction.leaseId === seen.leaseId ? row : undefined;
  };
  return {
    async insertIfNew(order, leaseMs) {
      const key = keyOf(order);
      if (!rows.has(key)) {
        const leaseId = String(leases++);
        const stored = { ...order, createdAtMs: now(), state: "pending", leaseId, isLeaseOver: false } as const;
        rows.set(key, { transaction: stored, untilMs: now() + leaseMs, isLocked: false });
      }
      return read(key)!;
    },
    find: async (key) => read(keyOf(key)),
    async lease(seen, leaseMs) {
      const row = rowAsSeen(seen);
      if (!row || isOver(row.untilMs) !== (seen.state === "selling")) return undefined;
      const leased = { ...seen, state: "selling", leaseId: String(leases++), isLeaseOver: false } as const;
      Object.assign(row, { transaction: leased, untilMs: now() + leaseMs });
      return leased;
    },
    async settle(seen, settlement) {
      const row = rowAsSeen(seen);
      if (row) row.transaction = settledAs(seen, settlement);
      return row !== undefined;
    },
    async settleWithin(seen, work) {
      const row = rowAsSeen(seen);
      if (!row || seen.state !== "pending" || isOver(row.untilMs)) return undefined;
      row.isLocked = true;
      try {
        const settlement = await work(undefined);
        row.transaction = settledAs(seen, settlement);
        return settlement;
      } finally {
        row.isLocked = false;
      }
    },
    findAbandoned: async () =>
      [...rows.entries()]
        .map(([key]) => read(key)!)
        .filter((each) => isUndecided(each))
        .filter((each) => each.isLeaseOver)
        .sort((a, b) => a.createdAtMs - b.createdAtMs),
    close: () => Promise.resolve(),
  };
};

const isTriple = (name: string) => name.split(" + ").length === 3;
const cases = storeCases.filter(({ name }) => !isTriple(name));

test.each(cases)("a third store inherits: $name", { timeout: 60_000 }, ({ run }) => run(openMapStore));

test("a third store that forgets whose lease it is does not pass", async () => {
  const openForgetful: OpenStore = async (options) => {
    const store = await openMapStore(options);
    const settle: typeof store.settle = async (seen, settlement) => {
      const found = await store.find(seen);
      return found !== undefined && isUndecided(found) && store.settle(found, settlement);
    };
    return { ...store, settle };
  };
  const payAndStatus = storeCases.find(({ name }) => name.endsWith(": pay + status, sell"))!;
  await expect(payAndStatus.run(openForgetful)).rejects.toThrow(/^The store does not do what it must/);
});
