/** P50 and P51: cases that need processes of the provider, to end or to freeze. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Answer, Caller } from "./caller.ts";

/** Processes of the provider that share one set of books, and nothing with the provider of the other cases. */
export interface Processes {
  start(): Promise<ProviderProcess>;
  /** A product whose sale takes so long that a process can be frozen or ended in the middle of it. */
  slowProduct: string;
  /** When a pay of the slow product has begun for certain, and has not ended. */
  inSaleAfterMs: number;
  /** For so long an undecided pay belongs to the process that works on it. */
  leaseMs: number;
}

export interface ProviderProcess {
  merchant: Caller;
  /** Stops it where it is, as SIGSTOP does. */
  freeze(): void;
  thaw(): void;
  /** Ends it as its operator does for a restart. Resolves once it has ended. */
  endGently(): Promise<void>;
  /** The number of sales under one `txn_id`, read from the books. */
  salesOf(txnId: string): Promise<number>;
}

/** What the cases need to know of the shop. */
interface Prices {
  priceOf(productId: string): number;
}

const newTxnId = () => `certification-${randomUUID()}`;

/** What a caller got: an answer, or the code of the error that left it without one. */
type Result = Answer | { error: string };

async function resultOf(call: Promise<Answer>): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    return { error: String((error as { cause?: { code?: unknown } }).cause?.code ?? error) };
  }
}

/** Ends a process with a pay under way: it is answered, new ones are refused, and every status is true. */
export async function endWithPayUnderWay({ priceOf }: Prices, processes: Processes): Promise<void> {
  const { start, slowProduct, inSaleAfterMs } = processes;
  const ending = await start();
  const pay = async (txnId: string) => resultOf(ending.merchant.pay(slowProduct, priceOf(slowProduct), txnId));
  const slow = newTxnId();
  const underWay = pay(slow);
  // Leaves connections behind that are kept alive.
  await Promise.all(Array.from({ length: 5 }, () => ending.merchant.status(newTxnId())));
  await setTimeout(inSaleAfterMs);
  const ended = ending.endGently();
  await setTimeout(inSaleAfterMs);
  const late = Array.from({ length: 10 }, newTxnId);
  const results = await Promise.all(late.map(pay));
  const answer = await underWay;
  await ended;
  for (const result of results) assertRefusedByEnd(result);
  assert.ok("body" in answer && answer.body?.status === "OK", `the pay under way got ${describe(answer)}`);
  const next = await start();
  try {
    assert.equal((await decidedStatus(next.merchant, slow)).body.status, "OK");
    assert.equal(await next.salesOf(slow), 1);
    for (const txnId of late) {
      assert.notEqual((await decidedStatus(next.merchant, txnId)).body.status, "OK");
      assert.equal(await next.salesOf(txnId), 0);
    }
  } finally {
    await next.endGently();
  }
}

/** A provider that ends refuses a new pay by HTTP 503 with `Retry-After`, or by refusing the connection. */
function assertRefusedByEnd(result: Result): void {
  if ("error" in result) return assert.equal(result.error, "ECONNREFUSED");
  assert.equal(result.code, 503, describe(result));
  assert.ok(result.headers.get("retry-after"), "a 503 without Retry-After");
}

/** Freezes a process in a sale for longer than its lease, asks another, and thaws it: one truth for ever. */
export async function freezeInSale({ priceOf }: Prices, processes: Processes): Promise<void> {
  const { start, slowProduct, inSaleAfterMs, leaseMs } = processes;
  const frozen = await start();
  const other = await start();
  try {
    const txnId = newTxnId();
    const paying = resultOf(frozen.merchant.pay(slowProduct, priceOf(slowProduct), txnId));
    await setTimeout(inSaleAfterMs);
    frozen.freeze();
    const told: Answer[] = [];
    const ask = async ({ merchant }: ProviderProcess) => void told.push(await merchant.status(txnId));
    await setTimeout(leaseMs + 100);
    const thawAtMs = performance.now() + 5000;
    for (let times = 0; times < 3 && performance.now() < thawAtMs; times++) await ask(other);
    frozen.thaw();
    const paid = await paying;
    told.push(await decidedStatus(other.merchant, txnId), await decidedStatus(frozen.merchant, txnId));
    for (let times = 0; times < 10; times++) {
      await setTimeout(50);
      await ask(times % 2 ? frozen : other);
    }
    const truths = new Set(told.flatMap(({ code, body }) => (code === 200 ? [String(body?.status)] : [])));
    assert.equal(truths.size, 1, `one truth, not ${[...truths].join(" and ")}`);
    assert.equal(await other.salesOf(txnId), truths.has("OK") ? 1 : 0, `sales under ${[...truths].join()}`);
    const isPaid = "body" in paid && paid.body?.status === "OK";
    assert.ok(!isPaid || truths.has("OK"), `the pay got ${describe(paid)}, and the status is ${[...truths].join()}`);
  } finally {
    frozen.thaw();
    await Promise.all([frozen.endGently(), other.endGently()]);
  }
}

/** The status once it is no 5xx, asked every 50 ms for at most 20 s. */
async function decidedStatus(merchant: Caller, txnId: string): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    const answer = await merchant.status(txnId);
    if (answer.code === 200) return answer;
    assert.ok(tries < 400, `the status stays undecided: ${describe(answer)}`);
    await setTimeout(50);
  }
}

const describe = (result: Result) => ("error" in result ? result.error : `${result.code} ${result.text}`);
