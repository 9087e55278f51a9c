// Over 250 lines because it is one table: what a merchant must get right when a pay goes well, wrong or unclear.
// The sandbox plays the provider; the merchant is a shop with the client and the retry queue.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { newTxnId, reveal } from "@codegames/client";
import { undiciFetch } from "@codegames/client/undici";
import { QueueError, type Settlement } from "@codegames/retry-queue";
import { type CatalogueProduct, type OrderedFault, startSandbox } from "@codegames/sandbox";
import { Agent } from "undici";
import type { BuyerInput } from "./buyer-process.ts";
import { type CaseContext, eventNames, type Merchant } from "./merchant.ts";

export interface MerchantCase {
  id: string;
  name: string;
  run(context: CaseContext): Promise<void>;
}

const canary = { product: 7_331_733_173_317_331n, key: "SANDBOX-7331733173317331-" };

const product = (id: bigint, price: number): CatalogueProduct => ({
  id,
  name: `Product ${id}`,
  price,
  partner_price: price,
  keys: 1_000_000,
});

/** Products that the cases need in addition to those of the sandbox. */
export const ownProducts = [
  product(6001n, 99_999.99),
  product(9_007_199_254_740_993n, 50_000),
  product(canary.product, 50_000),
];

/** The products of the sandbox that the cases buy. */
const [inStock, oneKeyLeft, unknownProduct] = [1n, 3n, 999_999n];
const magic = {
  soldHttp500: 1001n,
  soldNoAnswer: 1004n,
  unsoldHttp500: 1008n,
  soldDuplicate: 1009n,
  soldVisibleLate: 1011n,
  soldCanceled: 1012n,
  soldUnlisted: 1014n,
  soldKeyAsObject: 1024n,
  soldAfterWarning: 1026n,
  unsoldBareOk: 1028n,
};

/** The other product of `ownProducts` whose id no double holds. */
const bigProduct = 9_007_199_254_740_993n;

const periodSeconds = 120;

/** Buys as a shop does: checks first, then pays the price from the check. */
async function purchase({ client, queue }: Merchant, productId: bigint) {
  const checked = await client.check({ product_id: productId });
  if (checked.outcome !== "succeeded") return { checked, payment: undefined, order: undefined };
  const order = { product_id: productId, price: checked.body.product.price, txn_id: newTxnId() };
  return { checked, payment: await queue.pay(order), order };
}

/** Pays without a check. */
async function pay({ queue }: Merchant, productId: bigint, options: { expectsKey?: boolean } = {}) {
  const order = { product_id: productId, price: 50_000, txn_id: newTxnId() };
  return { order, txnId: order.txn_id, payment: await queue.pay(order, options) };
}

const countCalls = ({ calls }: Merchant) => ({
  check: calls("check").length,
  pay: calls("pay").length,
  status: calls("status").length,
});

const orderFaults = (
  { sandbox }: CaseContext,
  operation: OrderedFault["operation"],
  ...kinds: OrderedFault["kind"][]
) => {
  for (const kind of kinds) sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
};

const idsOf = (settlements: readonly Settlement[]) => settlements.map(({ txn_id }) => txn_id);

/** The operation is pending and no settlement is booked. */
async function assertOpen({ queue, delivered, refunded }: Merchant, txnId: string) {
  assert.equal((await queue.get(txnId))?.state, "pending");
  assert.ok(!idsOf([...delivered, ...refunded]).includes(txnId), "settled too early");
}

/** Settled as sold, booked once. */
async function assertPaid({ queue, delivered, refunded }: Merchant, txnId: string) {
  assert.equal((await queue.get(txnId))?.state, "succeeded");
  assert.deepEqual(
    idsOf(delivered).filter((id) => id === txnId),
    [txnId],
  );
  assert.ok(!idsOf(refunded).includes(txnId), "a sold operation was refunded");
}

/** Settled as sold, with the key that the provider sold. `asSent` makes of it what the answer had. */
async function assertDelivered(
  { sandbox }: CaseContext,
  merchant: Merchant,
  txnId: string,
  asSent = (key: string) => key,
) {
  await assertPaid(merchant, txnId);
  const settlement = merchant.delivered.find(({ txn_id }) => txn_id === txnId);
  const sale = (await sandbox.ledger()).find(({ txn_id }) => txn_id === txnId);
  assert.equal(reveal(settlement?.product?.productKey), asSent(sale?.key ?? ""));
  assert.equal(settlement?.isKeyMissing, false);
}

/** The body of an answer that was kept for a person, as text. */
function assertKept({ queue }: Merchant, txnId: string): string {
  const kept = queue.unread(txnId);
  assert.deepEqual([kept?.mediaType, kept?.isCut], ["application/json", false]);
  assert.ok(!inspect(kept, { depth: Infinity, showHidden: true }).includes("SANDBOX-"), "the kept body is printed");
  return new TextDecoder().decode(reveal(kept?.body));
}

/** Settled as not sold, refunded once. */
async function assertRefunded(
  { queue, delivered, refunded }: Merchant,
  txnId: string,
  state: "rejected" | "cancelled",
) {
  assert.equal((await queue.get(txnId))?.state, state);
  assert.deepEqual(
    idsOf(refunded).filter((id) => id === txnId),
    [txnId],
  );
  assert.ok(!idsOf(delivered).includes(txnId), "an unsold operation was delivered");
}

/** Three periods later there is no further call and no further booking. */
async function assertStaysClosed(merchant: Merchant) {
  const books = () => [...merchant.delivered, ...merchant.refunded].length;
  const before = { ...countCalls(merchant), books: books() };
  await merchant.pass(3 * periodSeconds);
  assert.deepEqual({ ...countCalls(merchant), books: books() }, before);
}

const countSales = async ({ sandbox }: CaseContext, txnId: string) =>
  (await sandbox.ledger()).filter((entry) => entry.txn_id === txnId).length;

/** A pay is sold but ends unknown: the queue asks status, books the sale once, and sends one pay only. */
async function assertEndsAsPaid(context: CaseContext, merchant: Merchant, productId: bigint) {
  const before = merchant.calls("pay").length;
  const { order, txnId, payment } = await pay(merchant, productId);
  assert.equal(payment.result?.outcome, "unknown");
  await assertOpen(merchant, txnId);
  assert.equal((await merchant.queue.pay(order)).state, "pending");
  await merchant.pass(periodSeconds);
  await assertPaid(merchant, txnId);
  await assertStaysClosed(merchant);
  assert.equal(merchant.calls("pay").length, before + 1);
  assert.equal(await countSales(context, txnId), 1);
  assert.deepEqual(
    (await merchant.queue.unresolved()).filter(({ txn_id }) => txn_id === txnId).map(({ attention }) => attention),
    ["key-missing"],
  );
}

/** A pay is not sold and ends unknown: the queue refunds after three answers, and sends one pay only. */
async function assertEndsAsUnsold(context: CaseContext, merchant: Merchant, productId: bigint) {
  const before = merchant.calls("pay").length;
  const { txnId, payment } = await pay(merchant, productId);
  assert.equal(payment.result?.outcome, "unknown");
  await merchant.pass(4 * periodSeconds);
  await assertOpen(merchant, txnId);
  await merchant.pass(periodSeconds);
  await assertRefunded(merchant, txnId, "cancelled");
  assert.equal(merchant.calls("pay").length, before + 1);
  assert.equal(await countSales(context, txnId), 0);
}

/** Starts the buyer; returns the process and the lines it prints, as they arrive. */
function startBuyer(input: BuyerInput): { child: ChildProcess; lines: string[]; closed: Promise<unknown> } {
  const file = fileURLToPath(new URL("buyer-process.ts", import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(input)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!])
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return { child, lines, closed: once(child, "close") };
}

async function waitUntil(what: string, isThere: () => boolean | Promise<boolean>) {
  for (const giveUpMs = performance.now() + 20_000; !(await isThere());) {
    assert.ok(performance.now() < giveUpMs, `${what} did not happen within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const merchantCases: MerchantCase[] = [
  {
    id: "M01",
    name: "happy path",
    async run(context) {
      const merchant = await context.open();
      const { payment, order } = await purchase(merchant, inStock);
      assert.equal(payment?.state, "succeeded");
      assert.ok(order);
      await assertPaid(merchant, order.txn_id);
      await assertStaysClosed(merchant);
      assert.deepEqual(countCalls(merchant), { check: 1, pay: 1, status: 0 });
      const [sale] = await context.sandbox.ledger();
      assert.ok(sale?.key);
      assert.deepEqual(
        merchant.delivered.map(({ product }) => reveal(product?.productKey)),
        [sale.key],
      );
      assert.equal(reveal(payment.settlement?.product?.productKey), sale.key);
    },
  },
  {
    id: "M02",
    name: "not purchasable (C12, D3)",
    async run(context) {
      const merchant = await context.open();
      const shown = async (productId: bigint) => {
        const { checked, payment } = await purchase(merchant, productId);
        assert.equal(payment, undefined);
        return [checked.outcome, "status" in checked ? checked.status : undefined];
      };
      assert.deepEqual(await shown(2n), ["rejected", "PRODUCT_OUT_OF_STOCK"]);
      assert.deepEqual(await shown(unknownProduct), ["rejected", "PRODUCT_NOT_FOUND"]);
      orderFaults(context, "check", "unlisted-status", "http-500");
      assert.deepEqual(await shown(inStock), ["unknown", "PENDING"]);
      assert.deepEqual(await shown(inStock), ["unknown", undefined]);
      assert.deepEqual(countCalls(merchant), { check: 4, pay: 0, status: 0 });
      assert.equal((await merchant.queue.counts()).pending, 0);
    },
  },
  {
    id: "M03",
    name: "exact price (D4, D5)",
    async run(context) {
      const merchant = await context.open();
      const prices = { "5": "4.35", "9007199254740992": "1005.1", "6001": "99999.99" };
      for (const [productId, price] of Object.entries(prices)) {
        assert.equal((await purchase(merchant, BigInt(productId))).payment?.state, "succeeded");
        assert.equal(/"price":([^,}]+)/.exec(merchant.calls("pay").at(-1)?.body ?? "")?.[1], price);
      }
      assert.equal((await context.sandbox.ledger()).length, 3);
    },
  },
  {
    id: "M04",
    name: "big id (D9)",
    async run(context) {
      const merchant = await context.open();
      const { payment } = await purchase(merchant, 9_007_199_254_740_993n);
      assert.equal(payment?.state, "succeeded");
      for (const operation of ["check", "pay"] as const) {
        assert.match(merchant.calls(operation)[0]?.body ?? "", /"product_id":9007199254740993[,}]/);
      }
      assert.equal(payment?.request?.product_id, 9_007_199_254_740_993n);
      assert.deepEqual(
        (await context.sandbox.ledger()).map(({ product_id }) => product_id),
        [9_007_199_254_740_993n],
      );
    },
  },
  {
    id: "M05",
    name: "price changed",
    async run(context) {
      const merchant = await context.open();
      const asked = await merchant.client.check({ product_id: inStock });
      assert.ok(asked.outcome === "succeeded");
      await context.change(inStock, { price: 60_000 });
      const order = { product_id: inStock, price: asked.body.product.price, txn_id: newTxnId() };
      const payment = await merchant.queue.pay(order);
      assert.deepEqual([payment.state, payment.settlement?.status], ["rejected", "WRONG_PRICE"]);
      await assertRefunded(merchant, order.txn_id, "rejected");
      await assertStaysClosed(merchant);
      // The customer accepts the new price, and a careless shop reuses the old id.
      await assert.rejects(merchant.queue.pay({ ...order, price: 60_000 }), { code: "conflicting-request" });
      assert.deepEqual(countCalls(merchant), { check: 1, pay: 1, status: 0 });
      const confirmed = await purchase(merchant, inStock);
      assert.equal(confirmed.order?.price, 60_000);
      assert.notEqual(confirmed.order?.txn_id, order.txn_id);
      assert.equal(confirmed.payment?.state, "succeeded");
      await assertRefunded(merchant, order.txn_id, "rejected");
    },
  },
  {
    id: "M06",
    name: "refused",
    async run(context) {
      const merchant = await context.open();
      const orders = [];
      for (let times = 0; times < 2; times++) {
        const checked = await merchant.client.check({ product_id: oneKeyLeft });
        assert.ok(checked.outcome === "succeeded");
        orders.push({ product_id: oneKeyLeft, price: checked.body.product.price, txn_id: newTxnId() });
      }
      // Another customer buys the last key between check and pay; the third product is no longer sold.
      orders.push({ product_id: unknownProduct, price: 50_000, txn_id: newTxnId() });
      const statuses = [];
      for (const order of orders) statuses.push((await merchant.queue.pay(order)).settlement?.status);
      assert.deepEqual(statuses, ["OK", "PRODUCT_OUT_OF_STOCK", "PRODUCT_NOT_FOUND"]);
      for (const { txn_id } of orders.slice(1)) await assertRefunded(merchant, txn_id, "rejected");
      await assertStaysClosed(merchant);
      assert.deepEqual(countCalls(merchant), { check: 2, pay: 3, status: 0 });
    },
  },
  {
    id: "M07",
    name: "timeout, committed (B5, C2)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 200 });
      await assertEndsAsPaid(context, merchant, magic.soldNoAnswer);
      assert.equal(merchant.events("key-missing").length, 1);
      assert.equal(merchant.calls("status").length, 1);
    },
  },
  {
    id: "M08",
    name: "timeout, not committed (B1)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 200 });
      context.sandbox.faults.order({ operation: "pay", kind: "hang", isServed: false, times: 1 });
      const { txnId, payment } = await pay(merchant, inStock);
      assert.equal(payment.result?.outcome, "unknown");
      for (const asked of [1, 2, 3, 4]) {
        await merchant.pass(periodSeconds);
        assert.equal(merchant.calls("status").length, asked);
        await assertOpen(merchant, txnId);
      }
      await merchant.pass(periodSeconds);
      await assertRefunded(merchant, txnId, "cancelled");
      await assertStaysClosed(merchant);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 1, status: 5 });
    },
  },
  {
    // By default five TXN_NOT_FOUND in a row are final (interpretation B1); for a slower hub, raise `notFoundAnswers`.
    id: "M09",
    name: "late commit (B1)",
    async run(context) {
      const merchant = await context.open();
      const { txnId } = await pay(merchant, magic.soldVisibleLate);
      await merchant.pass(3 * periodSeconds);
      assert.equal(merchant.calls("status").length, 3);
      await assertOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await assertPaid(merchant, txnId);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 1, status: 4 });
    },
  },
  {
    id: "M10",
    name: "5xx (C5)",
    async run(context) {
      const merchant = await context.open();
      for (const kind of ["http-500", "http-502", "http-503", "http-504"] as const) {
        orderFaults(context, "pay", kind);
        await assertEndsAsPaid(context, merchant, inStock);
      }
      await assertEndsAsUnsold(context, merchant, magic.unsoldHttp500);
    },
  },
  {
    id: "M11",
    name: "broken 200 (C3)",
    async run(context) {
      const merchant = await context.open();
      for (const kind of ["html", "empty", "cut"] as const) {
        orderFaults(context, "pay", kind);
        await assertEndsAsPaid(context, merchant, inStock);
      }
      // The sandbox answers `{}` when it does not serve the call.
      context.sandbox.faults.order({ operation: "pay", kind: "missing-key", isServed: false, times: 1 });
      await assertEndsAsUnsold(context, merchant, inStock);
    },
  },
  {
    id: "M12",
    name: "reset after send (C2)",
    async run(context) {
      const merchant = await context.open();
      for (const kind of ["reset", "drop"] as const) {
        orderFaults(context, "pay", kind);
        await assertEndsAsPaid(context, merchant, inStock);
      }
      context.sandbox.faults.order({ operation: "pay", kind: "reset", isServed: false, times: 1 });
      await assertEndsAsUnsold(context, merchant, inStock);
    },
  },
  {
    id: "M13",
    name: "connection refused (C1)",
    async run(context) {
      const gone = await startSandbox();
      await gone.close();
      const merchant = await context.open({ baseUrl: gone.url });
      const repeated = await pay(merchant, inStock);
      const dropped = await pay(merchant, inStock);
      assert.deepEqual([repeated.payment.state, repeated.payment.result?.outcome], ["not-sent", "not-sent"]);
      assert.equal(dropped.payment.state, "not-sent");
      assert.deepEqual([...merchant.delivered, ...merchant.refunded], []);
      const back = await startSandbox({ port: Number(new URL(gone.url).port) });
      try {
        assert.equal((await merchant.queue.pay(repeated.order)).state, "succeeded");
        await merchant.pass(2 * periodSeconds);
        await assertPaid(merchant, repeated.txnId);
        // The shop did not repeat it, so the queue closes it without asking status.
        await assertRefunded(merchant, dropped.txnId, "cancelled");
        assert.equal(merchant.refunded[0]?.by, "not-sent");
        await assertStaysClosed(merchant);
        assert.deepEqual(countCalls(merchant), { check: 0, pay: 3, status: 0 });
        assert.deepEqual(
          (await back.ledger()).map(({ txn_id }) => txn_id),
          [repeated.txnId],
        );
      } finally {
        await back.close();
      }
    },
  },
  {
    id: "M14",
    name: "duplicate first (A1)",
    async run(context) {
      const merchant = await context.open();
      const { txnId, payment } = await pay(merchant, magic.soldDuplicate);
      assert.equal(payment.result?.outcome === "unknown" && payment.result.status, "TXN_DUPLICATE");
      await assertOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await assertPaid(merchant, txnId);
      context.sandbox.faults.order({ operation: "pay", kind: "duplicate", isServed: false, times: 1 });
      await assertEndsAsUnsold(context, merchant, inStock);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 2, status: 6 });
    },
  },
  {
    id: "M15",
    name: "duplicate after unknown (A1)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 200 });
      const { order, txnId } = await pay(merchant, magic.soldNoAnswer);
      // The queue does not repeat a pay, so the shop does it with the client.
      assert.equal((await merchant.queue.pay(order)).state, "pending");
      assert.equal(merchant.calls("pay").length, 1);
      const resent = await merchant.client.pay(order);
      assert.equal("status" in resent && resent.status, "TXN_DUPLICATE");
      assert.equal(resent.outcome, "unknown");
      await assertOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await assertPaid(merchant, txnId);
      assert.deepEqual(merchant.refunded, []);
      assert.equal(await countSales(context, txnId), 1);
    },
  },
  {
    id: "M16",
    name: "refusal after unknown (A9)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 200 });
      const refuseSecondSend = async (price: number) => {
        context.sandbox.faults.order({ operation: "pay", kind: "hang", isServed: false, times: 1 });
        const order = { product_id: inStock, price, txn_id: newTxnId() };
        assert.equal((await merchant.queue.pay(order)).result?.outcome, "unknown");
        await context.change(inStock, { price: price + 1 });
        // The queue does not repeat a pay, so the shop does it with the client.
        assert.equal((await merchant.queue.pay(order)).state, "pending");
        const refusal = await merchant.client.pay(order);
        assert.equal("status" in refusal && refusal.status, "WRONG_PRICE");
        await merchant.pass(periodSeconds - 1);
        await assertOpen(merchant, order.txn_id);
        return order.txn_id;
      };
      const refused = await refuseSecondSend(50_000);
      await merchant.pass(1);
      await assertRefunded(merchant, refused, "cancelled");
      assert.deepEqual(
        merchant.refunded.map(({ by, status }) => [by, status]),
        [["status", "TXN_CANCELED"]],
      );
      // Here the first send was sold, although the second was refused.
      const sold = await refuseSecondSend(50_001);
      merchant.statusAnswers.push('{"status":"OK","partner_txn_id":"1"}');
      await merchant.pass(1);
      await assertPaid(merchant, sold);
    },
  },
  {
    id: "M17",
    name: "unknown status values (D3)",
    async run(context) {
      const merchant = await context.open();
      const { txnId, payment } = await pay(merchant, magic.soldUnlisted);
      assert.deepEqual(payment.payAnswer && [payment.payAnswer.outcome, payment.payAnswer.status], [
        "unknown",
        "PENDING",
      ]);
      merchant.statusAnswers.push(
        '{"status":"IN_PROGRESS"}',
        '{"status":"ok","partner_txn_id":"1"}',
        '{"status":"WRONG_PRICE"}',
        '{"status":"TXN_CANCELLED"}',
      );
      for (const asked of [1, 2, 3, 4]) {
        await merchant.pass(periodSeconds);
        assert.equal(merchant.calls("status").length, asked);
        await assertOpen(merchant, txnId);
      }
      await merchant.pass(periodSeconds);
      await assertPaid(merchant, txnId);
      assert.equal(merchant.calls("pay").length, 1);
    },
  },
  {
    id: "M18",
    name: "status outage (B4)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 200 });
      const { txnId } = await pay(merchant, magic.soldHttp500);
      // An outage is no answer: it does not count as TXN_NOT_FOUND, and it interrupts a row of them.
      const outage = [
        "http-500",
        "hang",
        "not-found",
        "not-found",
        "http-503",
        "not-found",
        "reset",
        "html",
        "not-found",
        "not-found",
        "http-504",
      ] as const;
      orderFaults(context, "status", ...outage);
      await merchant.pass(outage.length * periodSeconds);
      assert.equal(merchant.calls("status").length, outage.length);
      await assertOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await assertPaid(merchant, txnId);
      assert.equal(merchant.calls("pay").length, 1);
    },
  },
  {
    id: "M19",
    name: "schedule (B8, B9)",
    async run(context) {
      const merchant = await context.open();
      context.sandbox.faults.order({
        operation: "status",
        kind: "http-503",
        isServed: true,
        times: Number.POSITIVE_INFINITY,
      });
      const paidAtMs = merchant.clock.now();
      const { txnId } = await pay(merchant, magic.soldHttp500);
      for (let asked = 0; asked < 20; asked++) {
        await merchant.pass(periodSeconds - 1);
        assert.equal(merchant.calls("status").length, asked);
        await merchant.pass(1);
      }
      await merchant.pass(79 * periodSeconds);
      await assertOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      const due = Array.from({ length: 100 }, (_, index) => (index + 1) * periodSeconds * 1000);
      assert.deepEqual(
        merchant.calls("status").map(({ atMs }) => atMs - paidAtMs),
        due,
      );
      assert.equal(due.at(-1), (3 * 3600 + 20 * 60) * 1000);
      assert.equal((await merchant.queue.get(txnId))?.state, "unresolved");
      assert.deepEqual(merchant.events("unresolved"), [[{ txn_id: txnId }]]);
      assert.deepEqual(
        (await merchant.queue.unresolved()).map(({ txn_id, attention }) => [txn_id, attention]),
        [[txnId, "unresolved"]],
      );
      await assertStaysClosed(merchant);
      assert.deepEqual([...merchant.delivered, ...merchant.refunded], []);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 1, status: 100 });
    },
  },
  {
    id: "M20",
    name: "crash (B11)",
    async run(context) {
      const { sandbox, store, name } = context;
      const order = { product_id: magic.soldNoAnswer, price: 50_000, txn_id: newTxnId() };
      const { child, lines, closed } = startBuyer({
        baseUrl: sandbox.url,
        database: store.database,
        name,
        txnId: order.txn_id,
        productId: String(order.product_id),
        price: order.price,
      });
      try {
        await waitUntil("the sale", async () => (await countSales(context, order.txn_id)) === 1);
      } finally {
        child.kill("SIGKILL");
        await closed;
      }
      assert.deepEqual(lines, ["sends pay"]);
      const merchant = await context.open();
      // The shop repeats the order, as it does not know whether the pay was sent.
      assert.equal((await merchant.queue.pay(order)).state, "pending");
      // The pay may be in flight for payTimeoutSeconds (60); the first status follows one period later.
      await merchant.pass(60 + periodSeconds + 60);
      await assertPaid(merchant, order.txn_id);
      await assertStaysClosed(merchant);
      assert.deepEqual(
        merchant.calls("status").map(({ txnId }) => txnId),
        [order.txn_id],
      );
      assert.equal(merchant.calls("pay").length, 0);
      assert.equal(await countSales(context, order.txn_id), 1);
    },
  },
  {
    id: "M21",
    name: "two workers",
    run: (context) => (context.store.isShared ? shareWork(context) : refuseSecondProcess(context)),
  },
  {
    id: "M22",
    name: "canceled (B7)",
    async run(context) {
      const merchant = await context.open();
      const { txnId } = await pay(merchant, magic.soldCanceled);
      await merchant.pass(periodSeconds - 1);
      await assertOpen(merchant, txnId);
      await Promise.all([merchant.queue.ask(txnId), merchant.queue.ask(txnId), merchant.pass(1)]);
      await merchant.queue.ask(txnId);
      await assertRefunded(merchant, txnId, "cancelled");
      await assertStaysClosed(merchant);
      assert.ok(merchant.calls("status").length >= 3);
      assert.equal(merchant.events("settled").length, 1);
      assert.deepEqual(merchant.events("conflict"), []);
    },
  },
  {
    id: "M23",
    name: "canceled after delivery (B7)",
    async run(context) {
      const merchant = await context.open();
      const { txnId } = await pay(merchant, inStock);
      await assertPaid(merchant, txnId);
      orderFaults(context, "status", "canceled", "canceled");
      for (let times = 0; times < 2; times++) await merchant.queue.ask(txnId);
      assert.deepEqual(merchant.events("conflict"), [[{ txn_id: txnId, settled: "succeeded", answered: "cancelled" }]]);
      assert.deepEqual(
        (await merchant.queue.unresolved()).map(({ txn_id, attention }) => [txn_id, attention]),
        [[txnId, "conflict"]],
      );
      await assertPaid(merchant, txnId);
      await assertStaysClosed(merchant);
    },
  },
  {
    id: "M24",
    name: "key missing (B6)",
    async run(context) {
      const merchant = await context.open();
      orderFaults(context, "pay", "missing-key");
      const { order, txnId, payment } = await pay(merchant, inStock, { expectsKey: true });
      assert.deepEqual([payment.state, payment.settlement?.isKeyMissing], ["succeeded", true]);
      assert.deepEqual(
        merchant.delivered.map(({ isKeyMissing }) => isKeyMissing),
        [true],
      );
      assert.deepEqual(
        merchant.events("key-missing").map(([{ txn_id }]) => txn_id),
        [txnId],
      );
      assert.deepEqual(
        (await merchant.queue.unresolved()).map(({ attention }) => attention),
        ["key-missing"],
      );
      await merchant.queue.pay(order, { expectsKey: true });
      await assertStaysClosed(merchant);
      await assertPaid(merchant, txnId);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 1, status: 0 });
    },
  },
  {
    id: "M26",
    name: "unique ids (A8)",
    async run(context) {
      const merchant = await context.open({ timeoutMs: 300_000 });
      const payments = await Promise.all(Array.from({ length: 1000 }, () => pay(merchant, inStock)));
      const ids = new Set(payments.map(({ txnId }) => txnId));
      assert.equal(ids.size, 1000);
      assert.deepEqual(
        merchant
          .calls("pay")
          .map(({ txnId }) => String(txnId))
          .toSorted(),
        [...ids].toSorted(),
      );
      assert.deepEqual((await context.sandbox.ledger()).map(({ txn_id }) => txn_id).toSorted(), [...ids].toSorted());
      assert.deepEqual(idsOf(merchant.delivered).toSorted(), [...ids].toSorted());
    },
  },
  {
    id: "M27",
    name: "double click (A8, C11)",
    async run(context) {
      const merchant = await context.open();
      const order = { product_id: inStock, price: 50_000, txn_id: newTxnId() };
      await Promise.all(Array.from({ length: 2 }, () => merchant.queue.pay(order)));
      assert.equal((await merchant.queue.pay(order)).state, "succeeded");
      await assertPaid(merchant, order.txn_id);
      assert.deepEqual(countCalls(merchant), { check: 0, pay: 1, status: 0 });
      assert.equal(merchant.events("settled").length, 1);
    },
  },
  { id: "M33", name: "canary key (E4)", run: keepKeySecret },
  {
    id: "M35",
    name: "what decides nothing (D17, D18)",
    async run(context) {
      const merchant = await context.open();
      const drifts = ["empty-arrays", "nulls", "zero-values", "other-literals"] as const;
      await assertSoldDespite(context, merchant, drifts);
      await assertRefusedDespite(context, merchant, drifts);
      assert.equal(merchant.events("key-missing").length, drifts.length, "only what status settled lacks its key");
    },
  },
  {
    id: "M36",
    name: "the other literal (D19)",
    async run(context) {
      const merchant = await context.open();
      orderFaults(context, "check", "other-literals");
      orderFaults(context, "pay", "other-literals");
      const quoted = await purchase(merchant, bigProduct);
      await assertDelivered(context, merchant, quoted.order?.txn_id ?? "");
      const [sale] = await context.sandbox.ledger();
      const digits = String(BigInt(`0x${sale?.partner_txn_id.replaceAll("-", "").slice(-15)}`));
      assert.deepEqual(
        [quoted.payment?.settlement?.partner_txn_id, quoted.payment?.settlement?.product?.id],
        [digits, bigProduct],
      );

      orderFaults(context, "pay", "numeric-key");
      const { txnId, payment } = await pay(merchant, bigProduct);
      const asDigits = (key: string) => key.replace(/\D/g, "").padStart(20, "9");
      await assertDelivered(context, merchant, txnId, asDigits);
      assert.ok(payment.result?.outcome === "succeeded");
      assert.deepEqual(
        payment.result.deviations.map(({ pointer, actual }) => [pointer, actual]),
        [["/product/productKey", "a number"]],
      );
      // A person can look up what came: an encoder has made 123 of the key "0123".
      assert.match(assertKept(merchant, txnId), /"productKey":\d{20}[,}]/);
      await assertStaysClosed(merchant);
      assert.deepEqual(countCalls(merchant), { check: 1, pay: 2, status: 0 });
    },
  },
  {
    id: "M37",
    name: "declared charset (C13)",
    async run(context) {
      const merchant = await context.open();
      await assertSoldDespite(context, merchant, ["windows-1251"]);
      await assertRefusedDespite(context, merchant, ["windows-1251"]);
      orderFaults(context, "pay", "windows-1251");
      const { payment } = await pay(merchant, inStock);
      assert.ok(payment.result?.outcome === "succeeded");
      assert.equal(payment.result.body.comment, "Обработано сервером 1С");
    },
  },
  {
    id: "M38",
    name: "a paid answer that cannot be read (C3, D17)",
    async run(context) {
      const merchant = await context.open();
      const keyOf = async (txnId: string) =>
        (await context.sandbox.ledger()).find(({ txn_id }) => txn_id === txnId)?.key ?? "none";

      await assertEndsAsPaid(context, merchant, magic.soldAfterWarning);
      const afterWarning = merchant.calls("pay").at(-1)?.txnId ?? "";
      assert.ok(assertKept(merchant, afterWarning).includes(`"productKey":"${await keyOf(afterWarning)}"`));

      const { txnId, payment } = await pay(merchant, magic.soldKeyAsObject);
      assert.deepEqual([payment.state, payment.settlement?.isKeyMissing], ["succeeded", true]);
      await assertPaid(merchant, txnId);
      assert.ok(assertKept(merchant, txnId).includes(`{"code":"${await keyOf(txnId)}"}`));
      assert.deepEqual(
        (await merchant.queue.unresolved()).map((each) => [each.txn_id, each.attention]).toSorted(),
        [afterWarning, txnId].map((id) => [id, "key-missing"]).toSorted(),
      );

      const bare = await pay(merchant, magic.unsoldBareOk);
      assert.ok(bare.payment.result?.outcome === "unknown");
      assert.equal(bare.payment.result.reason, "malformed");
      assert.equal(assertKept(merchant, bare.txnId), '{"status":"OK"}');
      await merchant.pass(2 * periodSeconds);
      await assertOpen(merchant, bare.txnId);
      await merchant.pass(5 * periodSeconds);
      await assertRefunded(merchant, bare.txnId, "cancelled");
      assert.equal(merchant.queue.unread(bare.txnId), undefined);
    },
  },
  { id: "M40", name: "another's answer (A10)", run: refuseAnswersOfOthers },
];

type Drift = OrderedFault["kind"];

/** Buys with a check and a pay that drift, then without a clear answer, so that a drifting status settles it. */
async function assertSoldDespite(context: CaseContext, merchant: Merchant, drifts: readonly Drift[]) {
  for (const drift of drifts) {
    orderFaults(context, "check", drift);
    orderFaults(context, "pay", drift);
    const { order, payment } = await purchase(merchant, inStock);
    assert.ok(payment?.result?.outcome === "succeeded", `${drift}: ${payment?.result?.outcome}`);
    await assertDelivered(context, merchant, order?.txn_id ?? "");
    const { deviations } = payment.result;
    assert.equal(deviations.length > 0, drift !== "windows-1251", drift);
    assert.ok(!JSON.stringify(deviations).includes("SANDBOX-"), "a deviation shows the key");
  }
  const buy = async () => (await pay(merchant, inStock)).txnId;
  for (const txnId of await settleByStatus(context, merchant, drifts, buy)) await assertPaid(merchant, txnId);
}

/** A drifting refusal of a pay, and a drifting status of a refused one, are refunded at once. */
async function assertRefusedDespite(context: CaseContext, merchant: Merchant, drifts: readonly Drift[]) {
  const buyTooCheap = async () => {
    const order = { product_id: inStock, price: 49_999, txn_id: newTxnId() };
    return { txnId: order.txn_id, payment: await merchant.queue.pay(order) };
  };
  for (const drift of drifts) {
    orderFaults(context, "pay", drift);
    const { txnId, payment } = await buyTooCheap();
    assert.deepEqual([payment.state, payment.settlement?.status], ["rejected", "WRONG_PRICE"], drift);
    await assertRefunded(merchant, txnId, "rejected");
  }
  const buy = async () => (await buyTooCheap()).txnId;
  for (const txnId of await settleByStatus(context, merchant, drifts, buy))
    await assertRefunded(merchant, txnId, "cancelled");
}

/** Buys once for each drift and gets HTTP 500, then passes a period in which each status drifts. Returns the ids. */
async function settleByStatus(
  context: CaseContext,
  merchant: Merchant,
  drifts: readonly Drift[],
  buy: () => Promise<string>,
) {
  const ids: string[] = [];
  for (const drift of drifts) {
    orderFaults(context, "pay", "http-500");
    ids.push(await buy());
    orderFaults(context, "status", drift);
  }
  for (const txnId of ids) await assertOpen(merchant, txnId);
  await merchant.pass(periodSeconds);
  assert.deepEqual(context.sandbox.faults.list(), []);
  return ids;
}

/** An answer that the provider sends twice, the second time in front of the answer to the next pay. */
async function refuseAnswersOfOthers(context: CaseContext) {
  // Like the platform's fetch, it sends a pay on a connection that has carried other calls, and reads the second copy.
  const pooled = undiciFetch(() => new Agent({ connections: 1 }));
  const kept = await context.open({ fetch: (url, init) => pooled(url, { ...init, needsOwnConnection: false }) });
  const reasons = [];
  for (const { payment } of [await buyBehindSale(context, kept), await buyBehindCheck(context, kept)])
    reasons.push(payment.result?.outcome === "unknown" && payment.result.reason);
  assert.deepEqual(reasons, ["mismatch", "malformed"]);
  assert.equal(kept.events("alarm").length, 1);
  await refuseBehindSale(context, kept);
  await kept.stop();
  await pooled.close();

  // A refusal names no purchase: only a connection of its own keeps it away from the next pay.
  const transports = [undiciFetch(() => new Agent())];
  const merchant = await context.open({
    clock: kept.clock,
    fetch: (url, init) => transports.at(-1)!(url, init),
  });
  try {
    for (const { payment } of [await buyBehindSale(context, merchant), await buyBehindCheck(context, merchant)])
      assert.equal(payment.result?.outcome, "succeeded");
    orderFaults(context, "pay", "sent-twice");
    const order = { product_id: inStock, price: 49_999, txn_id: newTxnId() };
    assert.equal((await merchant.queue.pay(order)).settlement?.status, "WRONG_PRICE");
    await assertNextIsOwn(context, merchant);
    // Checks share a connection, on which the second copy of the check above still waits for a request.
    transports.push(undiciFetch(() => new Agent()));
    orderFaults(context, "check", "sent-twice");
    assert.equal((await merchant.client.check({ product_id: unknownProduct })).outcome, "rejected");
    await assertNextIsOwn(context, merchant);
  } finally {
    await merchant.stop();
    await Promise.all(transports.map((transport) => transport.close()));
  }
}

async function buyBehindSale(context: CaseContext, merchant: Merchant) {
  orderFaults(context, "pay", "sent-twice");
  const { txnId } = await pay(merchant, inStock);
  await assertDelivered(context, merchant, txnId);
  return assertNextIsOwn(context, merchant);
}

/** The second copy of a sale, read as the answer to a pay that was refused. */
async function refuseBehindSale(context: CaseContext, merchant: Merchant) {
  orderFaults(context, "pay", "sent-twice");
  await pay(merchant, inStock);
  const order = { product_id: inStock, price: 49_999, txn_id: newTxnId() };
  assert.equal((await merchant.queue.pay(order)).result?.outcome, "unknown");
  await assertOpen(merchant, order.txn_id);
  await merchant.pass(periodSeconds);
  await assertRefunded(merchant, order.txn_id, "cancelled");
}

async function buyBehindCheck(context: CaseContext, merchant: Merchant) {
  orderFaults(context, "check", "sent-twice");
  assert.equal((await merchant.client.check({ product_id: inStock })).outcome, "succeeded");
  return assertNextIsOwn(context, merchant);
}

/** The next pay is settled as what it is, by its own answer or by status, and never with another's key. */
async function assertNextIsOwn(context: CaseContext, merchant: Merchant) {
  const bought = await pay(merchant, inStock);
  const { outcome } = bought.payment.result ?? {};
  assert.ok(outcome === "succeeded" || outcome === "unknown", outcome);
  await merchant.pass(periodSeconds);
  await assertPaid(merchant, bought.txnId);
  const settlement = merchant.delivered.find(({ txn_id }) => txn_id === bought.txnId);
  const sale = (await context.sandbox.ledger()).find(({ txn_id }) => txn_id === bought.txnId);
  const key = reveal(settlement?.product?.productKey);
  assert.ok(key === undefined || key === sale?.key, "the key of another purchase was delivered");
  return bought;
}

async function shareWork(context: CaseContext) {
  // Fewer calls at once than are due, so that neither worker takes them all.
  const policy = { callsPerSecond: Number.POSITIVE_INFINITY, concurrency: 8 };
  const first = await context.open({ policy });
  const second = await context.open({ policy, clock: first.clock });
  const ticks = 5;
  const ids = (
    await Promise.all(Array.from({ length: 20 }, (_, index) => pay(index % 2 ? first : second, magic.soldHttp500)))
  ).map(({ txnId }) => txnId);
  // A bad answer of a hub that is up: an outage would open the circuit breaker and pause both workers.
  context.sandbox.faults.order({
    operation: "status",
    kind: "unlisted-status",
    isServed: true,
    times: ticks * ids.length,
  });
  for (let tick = 1; tick <= ticks; tick++) {
    await first.pass(periodSeconds);
    const asked = [...first.calls("status"), ...second.calls("status")].map(({ txnId }) => txnId);
    for (const txnId of ids) assert.equal(asked.filter((each) => each === txnId).length, tick);
  }
  await first.pass(periodSeconds);
  assert.deepEqual(idsOf([...first.delivered, ...second.delivered]).toSorted(), ids.toSorted());
  assert.deepEqual([...first.refunded, ...second.refunded], []);
  assert.ok(first.calls("status").length > 0 && second.calls("status").length > 0, "one worker made all calls");
}

async function refuseSecondProcess(context: CaseContext) {
  const {
    sandbox,
    store: { database },
    name,
  } = context;
  const merchant = await context.open();
  const isRefusal = (text: string) =>
    text.includes("folder-in-use") && text.includes(database) && text.includes(`process ${process.pid}`);
  await assert.rejects(
    context.open(),
    (error) => error instanceof QueueError && isRefusal(`${error.code} ${error.message}`),
  );
  const { lines, closed } = startBuyer({
    baseUrl: sandbox.url,
    database,
    name,
    txnId: newTxnId(),
    productId: String(inStock),
    price: 50_000,
  });
  await closed;
  assert.equal(lines.length, 1);
  assert.ok(isRefusal(lines[0] ?? ""), lines[0]);
  // The process that holds the folder goes on, and only its purchase is sold.
  const { txnId } = await pay(merchant, magic.soldHttp500);
  await merchant.pass(periodSeconds);
  await assertPaid(merchant, txnId);
  assert.deepEqual(
    (await sandbox.ledger()).map((entry) => entry.txn_id),
    [txnId],
  );
}

async function keepKeySecret(context: CaseContext) {
  // Settlements that fail once.
  const failing = new Set<string>();
  const merchant = await context.open({
    timeoutMs: 200,
    onSettled(settlement) {
      if (failing.delete(settlement.txn_id)) throw new Error("the books are closed", { cause: settlement });
    },
  });
  const { queue } = merchant;
  const { order, outputs } = await buyWithKey(context, merchant, failing);
  outputs.push(...(await buyWithBrokenAnswers(context, merchant)), ...(await askForKey(context, merchant, failing)));
  outputs.push(
    await merchant.client.pay(order),
    await queue.pay({ ...order, price: 1 }).catch((error: unknown) => error),
  );
  for (const operation of await queue.list(["pending", "succeeded", "cancelled", "rejected", "unresolved"])) {
    outputs.push(await queue.get(operation.txn_id), await queue.trail(operation));
  }
  const events = eventNames.flatMap((name) => merchant.events(name));
  assert.ok(merchant.events("settlement-failed").length >= 2 && merchant.events("settled").length >= 10);
  for (const each of [...events, ...outputs]) {
    const stack = each instanceof Error ? String(each.stack) : "";
    assertWithoutKey(
      "an event, an error or a result",
      inspect(each, { depth: Infinity, showHidden: true }),
      toJson(each),
      stack,
    );
  }
  await merchant.stop();
  assertWithoutKey("the printed text", context.printed());
  await assertStoreWithoutKey(context.store, order.txn_id);
}

/** Buys once without trouble and once with `onSettled` failing first; both deliver the key in the end. */
async function buyWithKey({ sandbox, store }: CaseContext, merchant: Merchant, failing: Set<string>) {
  const settled = await pay(merchant, canary.product);
  const order = { product_id: canary.product, price: 50_000, txn_id: newTxnId() };
  failing.add(order.txn_id);
  const kept = await merchant.queue.pay(order);
  assert.equal(kept.state, "pending");
  if (store.isShared) assertWithoutKey("a table", await store.dump());
  await merchant.pass(2 * periodSeconds);
  const keyOf = async (txnId: string) => (await sandbox.ledger()).find((entry) => entry.txn_id === txnId)?.key;
  for (const txnId of [settled.txnId, order.txn_id]) {
    await assertPaid(merchant, txnId);
    const [settlement] = merchant.delivered.filter(({ txn_id }) => txn_id === txnId);
    assert.ok((await keyOf(txnId))?.startsWith(canary.key));
    assert.equal(reveal(settlement?.product?.productKey), await keyOf(txnId));
  }
  return { order, outputs: [settled, kept] as unknown[] };
}

/** Buys with answers that hold the key but are cut, contradictory or lost. Returns the results. */
async function buyWithBrokenAnswers(context: CaseContext, merchant: Merchant) {
  const outputs: unknown[] = [];
  const kinds = ["cut", "wrong-product", "unlisted-status", "hang", "reset", "http-500", "html", "duplicate"] as const;
  for (const kind of kinds) {
    orderFaults(context, "pay", kind);
    outputs.push(await pay(merchant, canary.product, { expectsKey: true }));
  }
  return outputs;
}

/** A status answer brings the key, and `onSettled` fails on it first. Returns the result of `ask()`. */
async function askForKey(context: CaseContext, merchant: Merchant, failing: Set<string>) {
  orderFaults(context, "pay", "http-500");
  const asked = await pay(merchant, canary.product);
  failing.add(asked.txnId);
  const product = { id: Number(canary.product), name: "Card", price: 50_000, productKey: `${canary.key}asked` };
  for (const status of ["OK", "SOLD"]) {
    const answer = { status, partner_txn_id: "1", comment: `${canary.key}comment`, product };
    merchant.statusAnswers.push(JSON.stringify(answer));
  }
  const output = await merchant.queue.ask(asked.txnId).catch((error: unknown) => error);
  await merchant.pass(4 * periodSeconds);
  await assertPaid(merchant, asked.txnId);
  assert.deepEqual(merchant.statusAnswers, []);
  const settlement = merchant.delivered.find(({ txn_id }) => txn_id === asked.txnId);
  assert.equal(reveal(settlement?.product?.productKey), product.productKey);
  return [output];
}

async function assertStoreWithoutKey(store: CaseContext["store"], txnId: string) {
  const tables = await store.dump();
  const files = store.files();
  // Proves that the search looks at the right tables and files.
  assert.ok(tables.includes(txnId) && (store.isShared || files.some((bytes) => bytes.includes(txnId))));
  assertWithoutKey("a table", tables);
  assert.ok(!files.some((bytes) => bytes.includes(canary.key)), "the key is in a file");
}

const toJson = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)) ?? "";

function assertWithoutKey(what: string, ...texts: string[]) {
  for (const text of texts) assert.ok(!text.includes(canary.key), `the key is in ${what}: ${text.slice(0, 2000)}`);
}
