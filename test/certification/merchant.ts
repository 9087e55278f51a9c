import { setTimeout } from "node:timers/promises";
import { bearer, type Client, createClient, type Fetch } from "@codegames/client";
import {
  type OnSettled,
  openRetryQueue,
  type Policy,
  type RetryQueue,
  type RetryQueueEvents,
  type Settlement,
} from "@codegames/retry-queue";
import type { Sandbox } from "@codegames/sandbox";
import { TestClock } from "pg-boss";

/** What a case gets: its own provider, and a store that it shares with the cases before it. */
export interface CaseContext {
  sandbox: Sandbox;
  store: Store;
  /** Name of the queue, unique to the case. */
  name: string;
  open(options?: MerchantOptions): Promise<Merchant>;
  /** Changes a product at the provider. */
  change(productId: bigint, change: { price?: number }): Promise<void>;
  /** Everything that was printed since the case began. */
  printed(): string;
}

export interface Store {
  /** A folder or a URL. */
  database: string;
  /** Whether several processes can have it open. */
  isShared: boolean;
  /** All rows of all tables, as text. A folder must be closed first. */
  dump(): Promise<string>;
  /** The bytes of all files; empty where the database is a server. */
  files(): Buffer[];
}

export interface MerchantOptions {
  baseUrl?: string;
  timeoutMs?: number;
  policy?: Partial<Policy>;
  /** Sends the calls. @default globalThis.fetch */
  fetch?: Fetch;
  /** The clock of another merchant on the same database. */
  clock?: TestClock;
  /** Called before a settlement is booked. */
  onSettled?: OnSettled;
}

/** A call as it left for the provider. */
export interface Call {
  operation: "check" | "pay" | "status";
  /** The JSON text. */
  body: string;
  txnId: string | undefined;
  atMs: number;
}

/** The merchant under test: its client, its queue, its books, and a record of every call on the wire. */
export interface Merchant {
  client: Client;
  queue: RetryQueue;
  clock: TestClock;
  calls(operation: Call["operation"]): Call[];
  events<Name extends keyof RetryQueueEvents>(name: Name): RetryQueueEvents[Name][];
  delivered: Settlement[];
  refunded: Settlement[];
  /** JSON answers for the next status calls. The provider still serves those calls, but its answer is dropped. */
  statusAnswers: string[];
  /** Advances the clock in steps of at most 120 s, and after each step waits until all due work is done. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** All events of the queue. */
export const eventNames = [
  "settled",
  "key-missing",
  "unresolved",
  "conflict",
  "alarm",
  "settlement-failed",
  "paused",
  "resumed",
  "database-failed",
  "unread-dropped",
] as const satisfies (keyof RetryQueueEvents)[];

export async function openMerchant(
  { sandbox, store, name }: Pick<CaseContext, "sandbox" | "store" | "name">,
  options: MerchantOptions,
): Promise<Merchant> {
  const { baseUrl = sandbox.url, timeoutMs = 5000, policy, clock = new TestClock(), onSettled } = options;
  const calls: Call[] = [];
  const statusAnswers: string[] = [];
  const recordingFetch = recordCalls(options.fetch ?? fetch, calls, statusAnswers, clock);
  const client = createClient({ baseUrl, auth: bearer("sandbox"), timeoutMs, fetch: recordingFetch });

  const delivered: Settlement[] = [];
  const refunded: Settlement[] = [];
  const { status, isCalling } = trackCalls(client);
  const queue = await openRetryQueue({
    client: { pay: client.pay, status },
    database: store.database,
    name,
    clock,
    policy: { jitter: 0, ...policy },
    async onSettled(settlement, tx, options) {
      await onSettled?.(settlement, tx, options);
      (settlement.outcome === "succeeded" ? delivered : refunded).push(settlement);
    },
  });
  const events = recordEvents(queue);
  await queue.start();
  return {
    client,
    queue,
    clock,
    delivered,
    refunded,
    statusAnswers,
    events,
    calls: (operation) => calls.filter((call) => call.operation === operation),
    pass: (seconds) => pass(seconds, queue, clock, isCalling),
    stop: () => queue.stop(),
  };
}

/** Wraps a `fetch`: records each call, and replaces the answer to status while `statusAnswers` has one. */
function recordCalls(send: Fetch, calls: Call[], statusAnswers: string[], clock: TestClock): Fetch {
  return async (url, init) => {
    // Both halves stay streams, which `fetch` cannot send twice.
    const [copy, body] = (init.body as ReadableStream).tee();
    const text = await new Response(copy).text();
    const operation = new URL(url).pathname.slice(1) as Call["operation"];
    calls.push({ operation, body: text, txnId: JSON.parse(text).txn_id, atMs: clock.now() });
    const response = await send(url, { ...init, body });
    const answer = operation === "status" ? statusAnswers.shift() : undefined;
    if (answer === undefined) return response;
    await response.text();
    return new Response(answer, { headers: { "content-type": "application/json" } });
  };
}

/** The client's `status`, and whether a call of it has no answer yet. */
function trackCalls(client: Client): { status: Client["status"]; isCalling(): boolean } {
  let openCalls = 0;
  return {
    isCalling: () => openCalls > 0,
    status(...args) {
      openCalls++;
      return client.status(...args).finally(() => openCalls--);
    },
  };
}

/** Records all events of the queue; returns a function that reads those of one name. */
function recordEvents(queue: RetryQueue): Merchant["events"] {
  const events: [keyof RetryQueueEvents, unknown[]][] = [];
  for (const event of eventNames) queue.on(event, (...args: unknown[]) => void events.push([event, args]));
  return <Name extends keyof RetryQueueEvents>(name: Name) =>
    events.flatMap(([event, args]) => (event === name ? [args as RetryQueueEvents[Name]] : []));
}

async function pass(seconds: number, queue: RetryQueue, clock: TestClock, isCalling: () => boolean): Promise<void> {
  // The ticks that wait for work are not of these seconds: work that was done late is due late again.
  for (let leftMs = seconds * 1000; leftMs > 0; leftMs -= 120_000) {
    // One jump, after which each timer fires once: firing every poll of an hour would take a minute.
    await clock.setTime(clock.now() + Math.min(leftMs, 120_000));
    await clock.tick(0);
    for (const giveUpMs = performance.now() + 10_000; isCalling() || (await isBusy(queue, clock));) {
      if (performance.now() > giveUpMs) throw new Error("An operation stays leased, or due");
      // HTTP takes real time and fires no timer of the test clock.
      if (isCalling()) await setTimeout(2);
      await clock.tick(0);
      // Work without an open call waits for its turn under the rate limit.
      if (!isCalling() && (await isBusy(queue, clock))) await clock.tick(20);
    }
  }
}

/** Whether an operation is due, or its job is leased by a worker. */
async function isBusy(queue: RetryQueue, clock: TestClock): Promise<boolean> {
  for (const operation of await queue.list(["pending", "not-sent"])) {
    const { nextAt } = await queue.trail(operation);
    if (!nextAt || nextAt.getTime() <= clock.now()) return true;
  }
  return false;
}
