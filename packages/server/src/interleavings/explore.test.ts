import { expect, test } from "vitest";
import { ProblemError } from "../problem-error.ts";
import type { Undecided } from "../transaction-store/transaction-store.ts";
import type { MakeProvider } from "./actor-run.ts";
import { growing } from "./behaviour.ts";
import { postgres, sqlite } from "./dialect.ts";
import { type Effects, effects, isUndecided, share, textOfRow } from "./model-store.ts";
import { search, type SearchPlan } from "./search.ts";
import { successorsOf } from "./steps.ts";
import { tellSchedule } from "./tell-schedule.ts";
import { actorAt, type World, worldOf } from "./world.ts";

/** The store of version 0.1: a lease is taken and a transaction settled by the key alone. */
const byKeyAlone: Effects = {
  ...effects,
  lease(shared, _, { freshLease }) {
    const { row, open, sold } = shared;
    if (row?.state !== "pending" && !(row?.state === "selling" && row.isOver)) return { shared, answer: "none" };
    const leased = { ...row, state: "selling", lease: freshLease, isOver: false };
    return { shared: share(leased, open, sold), answer: textOfRow(leased) };
  },
  settle(shared, { to }) {
    const { row, open, sold } = shared;
    if (!row || !isUndecided(row)) return { shared, answer: "no" };
    return { shared: share({ ...row, state: to }, open, sold), answer: "yes" };
  },
};

/** `sellOnce` of version 0.1 in a few lines. */
const oldProvider: MakeProvider = ({ store, findProduct, sell, leaseMs = 0 }) => {
  const sellUnderLease = async (seen: Undecided) => {
    const askedAtMs = performance.now();
    const leased = await store.lease(seen, leaseMs);
    if (!leased || performance.now() - askedAtMs >= leaseMs) throw new ProblemError(503);
    await sell?.(leased);
    if (!(await store.settle(leased, { state: "sold" }))) throw new ProblemError(503);
    return { status: "OK", partner_txn_id: seen.partner_txn_id } as const;
  };
  return {
    async pay({ txn_id, product_id, price }, { merchant }) {
      const order = { merchant, txn_id, product_id, price, partner_txn_id: "W-1" };
      const askedAtMs = performance.now();
      const stored = await store.insertIfNew(order, leaseMs);
      if (stored.state !== "pending" || performance.now() - askedAtMs >= leaseMs) throw new ProblemError(503);
      await findProduct(product_id, stored);
      return { ...(await sellUnderLease(stored)), product: { id: product_id, name: "Card", price } };
    },
    async status({ txn_id }, { merchant }) {
      const found = await store.find({ merchant, txn_id });
      if (!found) return { status: "TXN_NOT_FOUND" };
      if (found.state === "sold") return { status: "OK", partner_txn_id: found.partner_txn_id };
      if (found.state === "refused") return { status: "TXN_CANCELED" };
      if (!found.isLeaseOver) throw new ProblemError(503);
      if (found.state === "selling") return sellUnderLease(found);
      if (!(await store.settle(found, { state: "refused", status: "TXN_CANCELED" }))) throw new ProblemError(503);
      return { status: "TXN_CANCELED" };
    },
    recover: () => Promise.resolve({ decided: 0, errors: [] }),
  };
};

const plan = { actors: ["pay", "status"], way: "sell", dialect: postgres, supply: "sells", faults: 1 } as const;

async function violationOf(changes: Partial<SearchPlan>): Promise<{ reason: string; told: string } | undefined> {
  const { violation, scene } = await search({ ...plan, ...changes });
  return violation && { reason: violation.reason, told: `\n${tellSchedule(scene, violation.steps)}\n` };
}

test("the search finds the sale that version 0.1 cancelled, and tells the shortest way there", async () => {
  const violation = await violationOf({ makeProvider: oldProvider, effects: byKeyAlone });
  expect(violation?.reason).toBe("sold at the supplier: pay; the status for ever: TXN_CANCELED");
  expect(violation?.told).toMatchInlineSnapshot(`
    "
       1  pay starts
       2  pay: insertIfNew → pending/pay/pay.0/running
       3  pay reads the answer
       4  pay: findProduct → listed
       5  status starts
       6  the clock jumps past every lease (fault)
       7  pay reads the answer
       8  status: find → pending/pay/pay.0/over
       9  status reads the answer
      10  pay: lease → selling/pay/pay.2/running
      11  pay reads the answer
      12  pay: sell → sold
      13  pay reads the answer
      14  status: settle → yes
      15  status reads the answer
      16  pay: settle → no
      17  pay reads the answer
    "
  `);
});

test("sellOnce of today does the same over the store of version 0.1", async () => {
  const violation = await violationOf({ effects: byKeyAlone });
  expect(violation?.reason).toBe("sold at the supplier: pay; the status for ever: TXN_CANCELED");
});

test("whoever waits for ever is found", async () => {
  const neverUnlocked: Effects = { ...effects, commit: (shared) => ({ shared, answer: "done" }) };
  const violation = await violationOf({
    way: "sellWithin",
    dialect: sqlite,
    actors: ["pay", "same pay"],
    faults: 0,
    effects: neverUnlocked,
  });
  expect(violation?.reason).toBe("same pay waits for ever");
});

test("schedules are counted as they would be one by one, and samples are some of them", async () => {
  const { schedules, scene, samples } = await search(plan);
  const told = new Set<string>();
  const walk = async (world: World, before: string): Promise<void> => {
    const successors = await growing(() => successorsOf(scene, world));
    if (successors.length === 0) told.add(before);
    for (const { step, world: next } of successors) await walk(next, `${before}${tellSchedule(scene, [step])}\n`);
  };
  const actors = scene.behaviours.map(({ root }) => actorAt("new", root));
  await walk(worldOf(share(undefined, undefined, ""), actors, "", plan.faults), "");
  expect(told.size).toBe(Number(schedules));
  const some = samples(100).map(({ steps }) => steps.map((step) => `${tellSchedule(scene, [step])}\n`).join(""));
  expect(new Set(some).size).toBe(100);
  for (const each of some) expect(told).toContain(each);
});
