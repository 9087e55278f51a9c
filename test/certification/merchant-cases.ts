/**
 * Long, because it is one table: what a merchant of this protocol must get right when a pay goes well, wrong or unclear. The
 * sandbox plays the provider; the merchant is a shop with the client and the retry queue.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { newTxnId, reveal } from "@codegames/client";
import { QueueError, type Settlement } from "@codegames/retry-queue";
import { type CatalogueProduct, type OrderedFault, startSandbox } from "@codegames/sandbox";
import type { Errand } from "./buyer.ts";
import { eventNames, type Merchant, type Stage } from "./merchant.ts";

export interface MerchantCase {
  id: string;
  name: string;
  run(stage: Stage): Promise<void>;
}

const canary = { product: 7_331_733_173_317_331n, key: "SANDBOX-7331733173317331-" };

const product = (id: bigint, price: number): CatalogueProduct => ({ id, name: `Product ${id}`, price, partner_price: price, keys: 1_000_000 });

/** What the cases need beside the products of the sandbox. */
export const ownProducts = [product(6001n, 99_999.99), product(9_007_199_254_740_993n, 50_000), product(canary.product, 50_000)];

/** The products of the sandbox that the cases buy. */
const [inStock, oneKeyLeft, unknownProduct] = [1n, 3n, 999_999n];
const magic = { soldHttp500: 1001n, soldNoAnswer: 1004n, unsoldHttp500: 1008n, soldDuplicate: 1009n, soldLateNews: 1011n, soldCanceled: 1012n, soldUnlisted: 1014n };

const periodSeconds = 120;

/** A purchase as a shop makes it: it asks first, and pays the price that it was told. */
async function purchase({ client, queue }: Merchant, productId: bigint) {
  const checked = await client.check({ product_id: productId });
  if (checked.outcome !== "succeeded") return { checked, payment: undefined, order: undefined };
  const order = { product_id: productId, price: checked.body.product.price, txn_id: newTxnId() };
  return { checked, payment: await queue.pay(order), order };
}

/** Pays without asking first. */
async function pay({ queue }: Merchant, productId: bigint, options: { expectsKey?: boolean } = {}) {
  const order = { product_id: productId, price: 50_000, txn_id: newTxnId() };
  return { order, txnId: order.txn_id, payment: await queue.pay(order, options) };
}

const count = ({ calls }: Merchant) => ({ check: calls("check").length, pay: calls("pay").length, status: calls("status").length });

const fail = ({ sandbox }: Stage, operation: OrderedFault["operation"], ...kinds: OrderedFault["kind"][]) => {
  for (const kind of kinds) sandbox.faults.order({ operation, kind, isServed: true, times: 1 });
};

const idsOf = (settlements: readonly Settlement[]) => settlements.map(({ txn_id }) => txn_id);

/** Nothing is decided, and nobody's money has moved. */
async function isOpen({ queue, delivered, refunded }: Merchant, txnId: string) {
  assert.equal((await queue.get(txnId))?.state, "pending");
  assert.ok(!idsOf([...delivered, ...refunded]).includes(txnId), "settled too early");
}

/** Closed as sold, booked once. */
async function isPaid({ queue, delivered, refunded }: Merchant, txnId: string) {
  assert.equal((await queue.get(txnId))?.state, "succeeded");
  assert.deepEqual(idsOf(delivered).filter((id) => id === txnId), [txnId]);
  assert.ok(!idsOf(refunded).includes(txnId), "refunded what was sold");
}

/** Closed as not sold, and the money went back once. */
async function isRefunded({ queue, delivered, refunded }: Merchant, txnId: string, state: "rejected" | "cancelled") {
  assert.equal((await queue.get(txnId))?.state, state);
  assert.deepEqual(idsOf(refunded).filter((id) => id === txnId), [txnId]);
  assert.ok(!idsOf(delivered).includes(txnId), "delivered what was not sold");
}

/** However long one waits: no further call, and no further booking. */
async function staysClosed(merchant: Merchant) {
  const books = () => [...merchant.delivered, ...merchant.refunded].length;
  const before = { ...count(merchant), books: books() };
  await merchant.pass(3 * periodSeconds);
  assert.deepEqual({ ...count(merchant), books: books() }, before);
}

const salesOf = async ({ sandbox }: Stage, txnId: string) => (await sandbox.ledger()).filter((entry) => entry.txn_id === txnId).length;

/** A pay that came to nothing clear, although the product was sold: the queue asks, and books it once, of one pay. */
async function endsAsPaid(stage: Stage, merchant: Merchant, productId: bigint) {
  const before = merchant.calls("pay").length;
  const { order, txnId, payment } = await pay(merchant, productId);
  assert.equal(payment.result?.outcome, "unknown");
  await isOpen(merchant, txnId);
  assert.equal((await merchant.queue.pay(order)).state, "pending");
  await merchant.pass(periodSeconds);
  await isPaid(merchant, txnId);
  await staysClosed(merchant);
  assert.equal(merchant.calls("pay").length, before + 1);
  assert.equal(await salesOf(stage, txnId), 1);
  assert.deepEqual((await merchant.queue.unresolved()).filter(({ txn_id }) => txn_id === txnId).map(({ attention }) => attention), ["key-missing"]);
}

/** The same, when nothing was sold: the money goes back after three answers, of one pay. */
async function endsAsUnsold(stage: Stage, merchant: Merchant, productId: bigint) {
  const before = merchant.calls("pay").length;
  const { txnId, payment } = await pay(merchant, productId);
  assert.equal(payment.result?.outcome, "unknown");
  await merchant.pass(2 * periodSeconds);
  await isOpen(merchant, txnId);
  await merchant.pass(periodSeconds);
  await isRefunded(merchant, txnId, "cancelled");
  assert.equal(merchant.calls("pay").length, before + 1);
  assert.equal(await salesOf(stage, txnId), 0);
}

/** Runs the buyer; gives the process, and its lines as they come. */
function startBuyer(errand: Errand): { child: ChildProcess; lines: string[]; closed: Promise<unknown> } {
  const child = spawn(process.execPath, [fileURLToPath(new URL("buyer.ts", import.meta.url)), JSON.stringify(errand)], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return { child, lines, closed: once(child, "close") };
}

async function until(what: string, isThere: () => boolean | Promise<boolean>) {
  for (const giveUpMs = performance.now() + 20_000; !(await isThere());) {
    assert.ok(performance.now() < giveUpMs, `${what} does not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const merchantCases: MerchantCase[] = [
  {
    id: "M01", name: "happy path",
    async run(stage) {
      const merchant = await stage.open();
      const { payment, order } = await purchase(merchant, inStock);
      assert.equal(payment?.state, "succeeded");
      assert.ok(order);
      await isPaid(merchant, order.txn_id);
      await staysClosed(merchant);
      assert.deepEqual(count(merchant), { check: 1, pay: 1, status: 0 });
      const [sale] = await stage.sandbox.ledger();
      assert.ok(sale?.key);
      assert.deepEqual(merchant.delivered.map(({ product }) => reveal(product?.productKey)), [sale.key]);
      assert.equal(reveal(payment.settlement?.product?.productKey), sale.key);
    },
  },
  {
    id: "M02", name: "not purchasable (C12, D3)",
    async run(stage) {
      const merchant = await stage.open();
      const shown = async (productId: bigint) => {
        const { checked, payment } = await purchase(merchant, productId);
        assert.equal(payment, undefined);
        return [checked.outcome, "status" in checked ? checked.status : undefined];
      };
      assert.deepEqual(await shown(2n), ["rejected", "PRODUCT_OUT_OF_STOCK"]);
      assert.deepEqual(await shown(unknownProduct), ["rejected", "PRODUCT_NOT_FOUND"]);
      fail(stage, "check", "unlisted-status", "http-500");
      assert.deepEqual(await shown(inStock), ["unknown", "PENDING"]);
      assert.deepEqual(await shown(inStock), ["unknown", undefined]);
      assert.deepEqual(count(merchant), { check: 4, pay: 0, status: 0 });
      assert.equal((await merchant.queue.counts()).pending, 0);
    },
  },
  {
    id: "M03", name: "exact price (D4, D5)",
    async run(stage) {
      const merchant = await stage.open();
      const prices = { "5": "4.35", "9007199254740992": "1005.1", "6001": "99999.99" };
      for (const [productId, price] of Object.entries(prices)) {
        assert.equal((await purchase(merchant, BigInt(productId))).payment?.state, "succeeded");
        assert.equal(/"price":([^,}]+)/.exec(merchant.calls("pay").at(-1)?.body ?? "")?.[1], price);
      }
      assert.equal((await stage.sandbox.ledger()).length, 3);
    },
  },
  {
    id: "M04", name: "big id (D9)",
    async run(stage) {
      const merchant = await stage.open();
      const { payment } = await purchase(merchant, 9_007_199_254_740_993n);
      assert.equal(payment?.state, "succeeded");
      for (const operation of ["check", "pay"] as const) assert.match(merchant.calls(operation)[0]?.body ?? "", /"product_id":9007199254740993[,}]/);
      assert.equal(payment?.request?.product_id, 9_007_199_254_740_993n);
      assert.deepEqual((await stage.sandbox.ledger()).map(({ product_id }) => product_id), [9_007_199_254_740_993n]);
    },
  },
  {
    id: "M05", name: "price changed",
    async run(stage) {
      const merchant = await stage.open();
      const asked = await merchant.client.check({ product_id: inStock });
      assert.ok(asked.outcome === "succeeded");
      await stage.change(inStock, { price: 60_000 });
      const order = { product_id: inStock, price: asked.body.product.price, txn_id: newTxnId() };
      const payment = await merchant.queue.pay(order);
      assert.deepEqual([payment.state, payment.settlement?.status], ["rejected", "WRONG_PRICE"]);
      await isRefunded(merchant, order.txn_id, "rejected");
      await staysClosed(merchant);
      // The customer agrees to the new price, and a careless shop takes the old id.
      await assert.rejects(merchant.queue.pay({ ...order, price: 60_000 }), { code: "conflicting-request" });
      assert.deepEqual(count(merchant), { check: 1, pay: 1, status: 0 });
      const confirmed = await purchase(merchant, inStock);
      assert.equal(confirmed.order?.price, 60_000);
      assert.notEqual(confirmed.order?.txn_id, order.txn_id);
      assert.equal(confirmed.payment?.state, "succeeded");
      await isRefunded(merchant, order.txn_id, "rejected");
    },
  },
  {
    id: "M06", name: "refused",
    async run(stage) {
      const merchant = await stage.open();
      const orders = [];
      for (let times = 0; times < 2; times++) {
        const checked = await merchant.client.check({ product_id: oneKeyLeft });
        assert.ok(checked.outcome === "succeeded");
        orders.push({ product_id: oneKeyLeft, price: checked.body.product.price, txn_id: newTxnId() });
      }
      // Another customer takes the last key between the check and the pay; and a catalogue has a product that is gone.
      orders.push({ product_id: unknownProduct, price: 50_000, txn_id: newTxnId() });
      const statuses = [];
      for (const order of orders) statuses.push((await merchant.queue.pay(order)).settlement?.status);
      assert.deepEqual(statuses, ["OK", "PRODUCT_OUT_OF_STOCK", "PRODUCT_NOT_FOUND"]);
      for (const { txn_id } of orders.slice(1)) await isRefunded(merchant, txn_id, "rejected");
      await staysClosed(merchant);
      assert.deepEqual(count(merchant), { check: 2, pay: 3, status: 0 });
    },
  },
  {
    id: "M07", name: "timeout, committed (B5, C2)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 200 });
      await endsAsPaid(stage, merchant, magic.soldNoAnswer);
      assert.equal(merchant.events("key-missing").length, 1);
      assert.equal(merchant.calls("status").length, 1);
    },
  },
  {
    id: "M08", name: "timeout, not committed (B1)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 200 });
      stage.sandbox.faults.order({ operation: "pay", kind: "hang", isServed: false, times: 1 });
      const { txnId, payment } = await pay(merchant, inStock);
      assert.equal(payment.result?.outcome, "unknown");
      for (const asked of [1, 2]) {
        await merchant.pass(periodSeconds);
        assert.equal(merchant.calls("status").length, asked);
        await isOpen(merchant, txnId);
      }
      await merchant.pass(periodSeconds);
      await isRefunded(merchant, txnId, "cancelled");
      await staysClosed(merchant);
      assert.deepEqual(count(merchant), { check: 0, pay: 1, status: 3 });
    },
  },
  {
    // Three TXN_NOT_FOUND in a row are final by default (interpretation B1): who deals with a slower hub sets `notFoundAnswers`.
    id: "M09", name: "late commit (B1)",
    async run(stage) {
      const merchant = await stage.open({ policy: { notFoundAnswers: 4 } });
      const { txnId } = await pay(merchant, magic.soldLateNews);
      await merchant.pass(3 * periodSeconds);
      assert.equal(merchant.calls("status").length, 3);
      await isOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await isPaid(merchant, txnId);
      assert.deepEqual(count(merchant), { check: 0, pay: 1, status: 4 });
    },
  },
  {
    id: "M10", name: "5xx (C5)",
    async run(stage) {
      const merchant = await stage.open();
      for (const kind of ["http-500", "http-502", "http-503", "http-504"] as const) {
        fail(stage, "pay", kind);
        await endsAsPaid(stage, merchant, inStock);
      }
      await endsAsUnsold(stage, merchant, magic.unsoldHttp500);
    },
  },
  {
    id: "M11", name: "broken 200 (C3)",
    async run(stage) {
      const merchant = await stage.open();
      for (const kind of ["html", "empty", "cut"] as const) {
        fail(stage, "pay", kind);
        await endsAsPaid(stage, merchant, inStock);
      }
      // An answer that was not served is `{}`.
      stage.sandbox.faults.order({ operation: "pay", kind: "missing-key", isServed: false, times: 1 });
      await endsAsUnsold(stage, merchant, inStock);
    },
  },
  {
    id: "M12", name: "reset after send (C2)",
    async run(stage) {
      const merchant = await stage.open();
      for (const kind of ["reset", "drop"] as const) {
        fail(stage, "pay", kind);
        await endsAsPaid(stage, merchant, inStock);
      }
      stage.sandbox.faults.order({ operation: "pay", kind: "reset", isServed: false, times: 1 });
      await endsAsUnsold(stage, merchant, inStock);
    },
  },
  {
    id: "M13", name: "connection refused (C1)",
    async run(stage) {
      const gone = await startSandbox();
      await gone.close();
      const merchant = await stage.open({ baseUrl: gone.url });
      const again = await pay(merchant, inStock);
      const dropped = await pay(merchant, inStock);
      assert.deepEqual([again.payment.state, again.payment.result?.outcome, dropped.payment.state], ["not-sent", "not-sent", "not-sent"]);
      assert.deepEqual([...merchant.delivered, ...merchant.refunded], []);
      const back = await startSandbox({ port: Number(new URL(gone.url).port) });
      try {
        assert.equal((await merchant.queue.pay(again.order)).state, "succeeded");
        await merchant.pass(2 * periodSeconds);
        await isPaid(merchant, again.txnId);
        // Nobody sent it again: closed without a question.
        await isRefunded(merchant, dropped.txnId, "cancelled");
        assert.equal(merchant.refunded[0]?.by, "not-sent");
        await staysClosed(merchant);
        assert.deepEqual(count(merchant), { check: 0, pay: 3, status: 0 });
        assert.deepEqual((await back.ledger()).map(({ txn_id }) => txn_id), [again.txnId]);
      } finally {
        await back.close();
      }
    },
  },
  {
    id: "M14", name: "duplicate first (A1)",
    async run(stage) {
      const merchant = await stage.open();
      const { txnId, payment } = await pay(merchant, magic.soldDuplicate);
      assert.equal(payment.result?.outcome === "unknown" && payment.result.status, "TXN_DUPLICATE");
      await isOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await isPaid(merchant, txnId);
      stage.sandbox.faults.order({ operation: "pay", kind: "duplicate", isServed: false, times: 1 });
      await endsAsUnsold(stage, merchant, inStock);
      assert.deepEqual(count(merchant), { check: 0, pay: 2, status: 4 });
    },
  },
  {
    id: "M15", name: "duplicate after unknown (A1)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 200 });
      const { order, txnId } = await pay(merchant, magic.soldNoAnswer);
      // The queue does not send it again, so the shop does by itself.
      assert.equal((await merchant.queue.pay(order)).state, "pending");
      assert.equal(merchant.calls("pay").length, 1);
      const resent = await merchant.client.pay(order);
      assert.equal("status" in resent && resent.status, "TXN_DUPLICATE");
      assert.equal(resent.outcome, "unknown");
      await isOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await isPaid(merchant, txnId);
      assert.deepEqual(merchant.refunded, []);
      assert.equal(await salesOf(stage, txnId), 1);
    },
  },
  {
    id: "M16", name: "refusal after unknown (A9)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 200 });
      const refuseTheSecondSend = async (price: number) => {
        stage.sandbox.faults.order({ operation: "pay", kind: "hang", isServed: false, times: 1 });
        const order = { product_id: inStock, price, txn_id: newTxnId() };
        assert.equal((await merchant.queue.pay(order)).result?.outcome, "unknown");
        await stage.change(inStock, { price: price + 1 });
        // The queue does not send it again, so the shop does by itself.
        assert.equal((await merchant.queue.pay(order)).state, "pending");
        const refusal = await merchant.client.pay(order);
        assert.equal("status" in refusal && refusal.status, "WRONG_PRICE");
        await merchant.pass(periodSeconds - 1);
        await isOpen(merchant, order.txn_id);
        return order.txn_id;
      };
      const refused = await refuseTheSecondSend(50_000);
      await merchant.pass(1);
      await isRefunded(merchant, refused, "cancelled");
      assert.deepEqual(merchant.refunded.map(({ by, status }) => [by, status]), [["status", "TXN_CANCELED"]]);
      // The first send of this one was sold after all.
      const sold = await refuseTheSecondSend(50_001);
      merchant.statusAnswers.push('{"status":"OK","partner_txn_id":"1"}');
      await merchant.pass(1);
      await isPaid(merchant, sold);
    },
  },
  {
    id: "M17", name: "unknown status values (D3)",
    async run(stage) {
      const merchant = await stage.open();
      const { txnId, payment } = await pay(merchant, magic.soldUnlisted);
      assert.deepEqual(payment.payAnswer && [payment.payAnswer.outcome, payment.payAnswer.status], ["unknown", "PENDING"]);
      merchant.statusAnswers.push('{"status":"IN_PROGRESS"}', '{"status":"ok","partner_txn_id":"1"}', '{"status":"WRONG_PRICE"}', '{"status":"TXN_CANCELLED"}');
      for (const asked of [1, 2, 3, 4]) {
        await merchant.pass(periodSeconds);
        assert.equal(merchant.calls("status").length, asked);
        await isOpen(merchant, txnId);
      }
      await merchant.pass(periodSeconds);
      await isPaid(merchant, txnId);
      assert.equal(merchant.calls("pay").length, 1);
    },
  },
  {
    id: "M18", name: "status outage (B4)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 200 });
      const { txnId } = await pay(merchant, magic.soldHttp500);
      // An outage is no answer: it neither counts as TXN_NOT_FOUND nor lets two of them that it parts count as a row.
      const outage = ["http-500", "hang", "not-found", "not-found", "http-503", "not-found", "reset", "html", "not-found", "not-found", "http-504"] as const;
      fail(stage, "status", ...outage);
      await merchant.pass(outage.length * periodSeconds);
      assert.equal(merchant.calls("status").length, outage.length);
      await isOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      await isPaid(merchant, txnId);
      assert.equal(merchant.calls("pay").length, 1);
    },
  },
  {
    id: "M19", name: "schedule (B8, B9)",
    async run(stage) {
      const merchant = await stage.open();
      stage.sandbox.faults.order({ operation: "status", kind: "http-503", isServed: true, times: Number.POSITIVE_INFINITY });
      const paidAtMs = merchant.clock.now();
      const { txnId } = await pay(merchant, magic.soldHttp500);
      for (let asked = 0; asked < 20; asked++) {
        await merchant.pass(periodSeconds - 1);
        assert.equal(merchant.calls("status").length, asked);
        await merchant.pass(1);
      }
      await merchant.pass(79 * periodSeconds);
      await isOpen(merchant, txnId);
      await merchant.pass(periodSeconds);
      const due = Array.from({ length: 100 }, (_, index) => (index + 1) * periodSeconds * 1000);
      assert.deepEqual(merchant.calls("status").map(({ atMs }) => atMs - paidAtMs), due);
      assert.equal(due.at(-1), (3 * 3600 + 20 * 60) * 1000);
      assert.equal((await merchant.queue.get(txnId))?.state, "unresolved");
      assert.deepEqual(merchant.events("unresolved"), [[{ txn_id: txnId }]]);
      assert.deepEqual((await merchant.queue.unresolved()).map(({ txn_id, attention }) => [txn_id, attention]), [[txnId, "unresolved"]]);
      await staysClosed(merchant);
      assert.deepEqual([...merchant.delivered, ...merchant.refunded], []);
      assert.deepEqual(count(merchant), { check: 0, pay: 1, status: 100 });
    },
  },
  {
    id: "M20", name: "crash (B11)",
    async run(stage) {
      const { sandbox, store, name } = stage;
      const order = { product_id: magic.soldNoAnswer, price: 50_000, txn_id: newTxnId() };
      const { child, lines, closed } = startBuyer({ baseUrl: sandbox.url, database: store.database, name, txnId: order.txn_id, productId: String(order.product_id), price: order.price });
      try {
        await until(`the sale (${lines.join("; ")})`, async () => (await salesOf(stage, order.txn_id)) === 1);
      } finally {
        child.kill("SIGKILL");
        await closed;
      }
      assert.deepEqual(lines, ["sends pay"]);
      const merchant = await stage.open();
      // The order is repeated, as by a shop that does not know how far it came.
      assert.equal((await merchant.queue.pay(order)).state, "pending");
      // It could be in flight as long as a pay may take, and the first question comes a period after that.
      await merchant.pass(60 + periodSeconds + 60);
      await isPaid(merchant, order.txn_id);
      await staysClosed(merchant);
      assert.deepEqual(merchant.calls("status").map(({ txnId }) => txnId), [order.txn_id]);
      assert.equal(merchant.calls("pay").length, 0);
      assert.equal(await salesOf(stage, order.txn_id), 1);
    },
  },
  {
    id: "M21", name: "two workers",
    run: (stage) => (stage.store.isShared ? sharesTheWork(stage) : refusesTheSecond(stage)),
  },
  {
    id: "M22", name: "canceled (B7)",
    async run(stage) {
      const merchant = await stage.open();
      const { txnId } = await pay(merchant, magic.soldCanceled);
      await merchant.pass(periodSeconds - 1);
      await isOpen(merchant, txnId);
      await Promise.all([merchant.queue.ask(txnId), merchant.queue.ask(txnId), merchant.pass(1)]);
      await merchant.queue.ask(txnId);
      await isRefunded(merchant, txnId, "cancelled");
      await staysClosed(merchant);
      assert.ok(merchant.calls("status").length >= 3);
      assert.equal(merchant.events("settled").length, 1);
      assert.deepEqual(merchant.events("conflict"), []);
    },
  },
  {
    id: "M23", name: "canceled after delivery (B7)",
    async run(stage) {
      const merchant = await stage.open();
      const { txnId } = await pay(merchant, inStock);
      await isPaid(merchant, txnId);
      fail(stage, "status", "canceled", "canceled");
      for (let times = 0; times < 2; times++) await merchant.queue.ask(txnId);
      assert.deepEqual(merchant.events("conflict"), [[{ txn_id: txnId, settled: "succeeded", answered: "cancelled" }]]);
      assert.deepEqual((await merchant.queue.unresolved()).map(({ txn_id, attention }) => [txn_id, attention]), [[txnId, "conflict"]]);
      await isPaid(merchant, txnId);
      await staysClosed(merchant);
    },
  },
  {
    id: "M24", name: "key missing (B6)",
    async run(stage) {
      const merchant = await stage.open();
      fail(stage, "pay", "missing-key");
      const { order, txnId, payment } = await pay(merchant, inStock, { expectsKey: true });
      assert.deepEqual([payment.state, payment.settlement?.isKeyMissing], ["succeeded", true]);
      assert.deepEqual(merchant.delivered.map(({ isKeyMissing }) => isKeyMissing), [true]);
      assert.deepEqual(merchant.events("key-missing").map(([{ txn_id }]) => txn_id), [txnId]);
      assert.deepEqual((await merchant.queue.unresolved()).map(({ attention }) => attention), ["key-missing"]);
      await merchant.queue.pay(order, { expectsKey: true });
      await staysClosed(merchant);
      await isPaid(merchant, txnId);
      assert.deepEqual(count(merchant), { check: 0, pay: 1, status: 0 });
    },
  },
  {
    id: "M26", name: "unique ids (A8)",
    async run(stage) {
      const merchant = await stage.open({ timeoutMs: 30_000 });
      const payments = await Promise.all(Array.from({ length: 1000 }, () => pay(merchant, inStock)));
      const ids = new Set(payments.map(({ txnId }) => txnId));
      assert.equal(ids.size, 1000);
      assert.deepEqual(merchant.calls("pay").map(({ txnId }) => txnId).toSorted(), [...ids].toSorted());
      assert.deepEqual((await stage.sandbox.ledger()).map(({ txn_id }) => txn_id).toSorted(), [...ids].toSorted());
      assert.deepEqual(idsOf(merchant.delivered).toSorted(), [...ids].toSorted());
    },
  },
  {
    id: "M27", name: "double click (A8, C11)",
    async run(stage) {
      const merchant = await stage.open();
      const order = { product_id: inStock, price: 50_000, txn_id: newTxnId() };
      await Promise.all(Array.from({ length: 2 }, () => merchant.queue.pay(order)));
      assert.equal((await merchant.queue.pay(order)).state, "succeeded");
      await isPaid(merchant, order.txn_id);
      assert.deepEqual(count(merchant), { check: 0, pay: 1, status: 0 });
      assert.equal(merchant.events("settled").length, 1);
    },
  },
  { id: "M33", name: "canary key (E4)", run: keepsTheKey },
];

async function sharesTheWork(stage: Stage) {
  // No more at once than a part of what is due, so that one alone does not take it all.
  const policy = { callsPerSecond: Number.POSITIVE_INFINITY, concurrency: 8 };
  const first = await stage.open({ policy });
  const second = await stage.open({ policy, clock: first.clock });
  const ticks = 5;
  const ids = (await Promise.all(Array.from({ length: 20 }, (_, index) => pay(index % 2 ? first : second, magic.soldHttp500)))).map(({ txnId }) => txnId);
  // A bad answer of a hub that is up: when it counts as down, everybody pauses.
  stage.sandbox.faults.order({ operation: "status", kind: "unlisted-status", isServed: true, times: ticks * ids.length });
  for (let tick = 1; tick <= ticks; tick++) {
    await first.pass(periodSeconds);
    const asked = [...first.calls("status"), ...second.calls("status")].map(({ txnId }) => txnId);
    for (const txnId of ids) assert.equal(asked.filter((each) => each === txnId).length, tick);
  }
  await first.pass(periodSeconds);
  assert.deepEqual(idsOf([...first.delivered, ...second.delivered]).toSorted(), ids.toSorted());
  assert.deepEqual([...first.refunded, ...second.refunded], []);
  assert.ok(first.calls("status").length > 0 && second.calls("status").length > 0, "one did it all");
}

async function refusesTheSecond(stage: Stage) {
  const { sandbox, store: { database }, name } = stage;
  const merchant = await stage.open();
  const isRefusal = (text: string) => text.includes("folder-in-use") && text.includes(database) && text.includes(`process ${process.pid}`);
  await assert.rejects(stage.open(), (error) => error instanceof QueueError && isRefusal(`${error.code} ${error.message}`));
  const { lines, closed } = startBuyer({ baseUrl: sandbox.url, database, name, txnId: newTxnId(), productId: String(inStock), price: 50_000 });
  await closed;
  assert.equal(lines.length, 1);
  assert.ok(isRefusal(lines[0] ?? ""), lines[0]);
  // The one that has it works on, and is the only one that buys.
  const { txnId } = await pay(merchant, magic.soldHttp500);
  await merchant.pass(periodSeconds);
  await isPaid(merchant, txnId);
  assert.deepEqual((await sandbox.ledger()).map((entry) => entry.txn_id), [txnId]);
}

async function keepsTheKey(stage: Stage) {
  const { sandbox, store, printed } = stage;
  const told: unknown[] = [];
  const failing = new Set<string>();
  const merchant = await stage.open({
    timeoutMs: 200,
    onSettled(settlement) {
      if (failing.delete(settlement.txn_id)) throw new Error("the books are closed", { cause: settlement });
    },
  });
  const { queue, client } = merchant;
  // All goes well; the books fail once, after which the key must still come.
  const well = await pay(merchant, canary.product);
  const late = { product_id: canary.product, price: 50_000, txn_id: newTxnId() };
  failing.add(late.txn_id);
  const kept = await queue.pay(late);
  assert.equal(kept.state, "pending");
  if (store.isShared) isClean("a table", await store.dump());
  await merchant.pass(2 * periodSeconds);
  const keyOf = async (txnId: string) => (await sandbox.ledger()).find((entry) => entry.txn_id === txnId)?.key;
  for (const txnId of [well.txnId, late.txn_id]) {
    await isPaid(merchant, txnId);
    const [settlement] = merchant.delivered.filter(({ txn_id }) => txn_id === txnId);
    assert.ok((await keyOf(txnId))?.startsWith(canary.key));
    assert.equal(reveal(settlement?.product?.productKey), await keyOf(txnId));
  }
  // Answers with the key in them that are cut, contradict or come to nothing.
  told.push(well, kept);
  for (const kind of ["cut", "wrong-product", "unlisted-status", "hang", "reset", "http-500", "html", "duplicate"] as const) {
    fail(stage, "pay", kind);
    told.push(await pay(merchant, canary.product, { expectsKey: true }));
  }
  // A status that brings the key itself, and books that fail at that.
  fail(stage, "pay", "http-500");
  const asked = await pay(merchant, canary.product);
  failing.add(asked.txnId);
  const sold = { id: Number(canary.product), name: "Card", price: 50_000, productKey: `${canary.key}asked` };
  for (const status of ["OK", "SOLD"]) merchant.statusAnswers.push(JSON.stringify({ status, partner_txn_id: "1", comment: `${canary.key}comment`, product: sold }));
  told.push(await queue.ask(asked.txnId).catch((error: unknown) => error));
  await merchant.pass(4 * periodSeconds);
  await isPaid(merchant, asked.txnId);
  assert.deepEqual(merchant.statusAnswers, []);
  assert.equal(reveal(merchant.delivered.find(({ txn_id }) => txn_id === asked.txnId)?.product?.productKey), sold.productKey);
  told.push(await client.pay(late), await queue.pay({ ...late, price: 1 }).catch((error: unknown) => error));
  for (const operation of await queue.list(["pending", "succeeded", "cancelled", "rejected", "unresolved"])) {
    told.push(await queue.get(operation.txn_id), await queue.trail(operation));
  }
  const events = eventNames.flatMap((name) => merchant.events(name));
  assert.ok(merchant.events("settlement-failed").length >= 2 && merchant.events("settled").length >= 10);
  for (const each of [...events, ...told]) {
    isClean("an event, an error or a result", inspect(each, { depth: Infinity, showHidden: true }), toJson(each), each instanceof Error ? String(each.stack) : "");
  }
  await merchant.stop();
  isClean("what was printed", printed());
  const tables = await store.dump();
  const files = store.files();
  // What is looked through is the right thing.
  assert.ok(tables.includes(late.txn_id) && (store.isShared || files.some((bytes) => bytes.includes(late.txn_id))));
  isClean("a table", tables);
  assert.ok(!files.some((bytes) => bytes.includes(canary.key)), "the key is in a file");
}

const toJson = (value: unknown) => JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each)) ?? "";

function isClean(what: string, ...texts: string[]) {
  for (const text of texts) assert.ok(!text.includes(canary.key), `the key is in ${what}: ${text.slice(0, 2000)}`);
}
