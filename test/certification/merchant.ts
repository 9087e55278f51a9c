import { setTimeout } from "node:timers/promises";
import { bearer, type Client, createClient, type Fetch } from "@codegames/client";
import { type OnSettled, openRetryQueue, type Policy, type RetryQueue, type RetryQueueEvents, type Settlement } from "@codegames/retry-queue";
import type { Sandbox } from "@codegames/sandbox";
import { TestClock } from "pg-boss";

/** Where a case takes place: a provider of its own, and a store that it shares with the cases before it. */
export interface Stage {
  sandbox: Sandbox;
  store: Store;
  /** Of the queue: no other case has it. */
  name: string;
  open(options?: MerchantOptions): Promise<Merchant>;
  /** Changes a product at the provider. */
  change(productId: bigint, change: { price?: number }): Promise<void>;
  /** What was printed since the case began. */
  printed(): string;
}

export interface Store {
  /** A folder or a URL. */
  database: string;
  /** Whether several processes can have it open. */
  isShared: boolean;
  /** All rows of all tables, as text. A folder must not be open. */
  dump(): Promise<string>;
  /** The bytes of all files, where they can be seen. */
  files(): Buffer[];
}

export interface MerchantOptions {
  baseUrl?: string;
  timeoutMs?: number;
  policy?: Partial<Policy>;
  /** The time of another merchant on the same database. */
  clock?: TestClock;
  /** Is called before a settlement is booked. */
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

/** The merchant under test: its client, its queue, its books, and a record of all that went over the wire. */
export interface Merchant {
  client: Client;
  queue: RetryQueue;
  clock: TestClock;
  calls(operation: Call["operation"]): Call[];
  events<Name extends keyof RetryQueueEvents>(name: Name): RetryQueueEvents[Name][];
  delivered: Settlement[];
  refunded: Settlement[];
  /** JSON that the next status calls get in the place of the provider's answer, after it has served them. */
  statusAnswers: string[];
  /** Lets time go by, in steps of at most 120 s, and waits after each until what was due is done. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** All events of the queue. */
export const eventNames = [
  "settled", "key-missing", "unresolved", "conflict", "alarm", "settlement-failed", "paused", "resumed", "database-failed",
] as const satisfies (keyof RetryQueueEvents)[];

export async function openMerchant({ sandbox, store, name }: Pick<Stage, "sandbox" | "store" | "name">, options: MerchantOptions): Promise<Merchant> {
  const { baseUrl = sandbox.url, timeoutMs = 5000, policy, clock = new TestClock(), onSettled } = options;
  const calls: Call[] = [];
  const statusAnswers: string[] = [];
  const record: Fetch = async (url, init) => {
    // Both halves stay streams, which `fetch` cannot send twice.
    const [copy, body] = (init.body as ReadableStream).tee();
    const text = await new Response(copy).text();
    const operation = new URL(url).pathname.slice(1) as Call["operation"];
    calls.push({ operation, body: text, txnId: JSON.parse(text).txn_id, atMs: clock.now() });
    const response = await fetch(url, { ...init, body });
    const answer = operation === "status" ? statusAnswers.shift() : undefined;
    if (answer === undefined) return response;
    await response.text();
    return new Response(answer, { headers: { "content-type": "application/json" } });
  };
  const client = createClient({ baseUrl, auth: bearer("sandbox"), timeoutMs, fetch: record });

  const delivered: Settlement[] = [];
  const refunded: Settlement[] = [];
  let asking = 0;
  const status: Client["status"] = (...args) => {
    asking++;
    return client.status(...args).finally(() => asking--);
  };
  const queue = await openRetryQueue({
    client: { pay: client.pay, status }, database: store.database, name, clock,
    policy: { jitter: 0, ...policy },
    async onSettled(settlement, tx) {
      await onSettled?.(settlement, tx);
      (settlement.outcome === "succeeded" ? delivered : refunded).push(settlement);
    },
  });
  const events: [keyof RetryQueueEvents, unknown[]][] = [];
  for (const event of eventNames) queue.on(event, (...args: unknown[]) => void events.push([event, args]));
  await queue.start();

  /** Whether something is under way: an operation whose job is claimed, or due. */
  const isBusy = async () => {
    for (const operation of await queue.list(["pending", "not-sent"])) {
      const { nextAt } = await queue.trail(operation);
      if (!nextAt || nextAt.getTime() <= clock.now()) return true;
    }
    return false;
  };
  return {
    client, queue, clock, delivered, refunded, statusAnswers,
    calls: (operation) => calls.filter((call) => call.operation === operation),
    events: <Name extends keyof RetryQueueEvents>(name: Name) => events.flatMap(([event, args]) => (event === name ? [args as RetryQueueEvents[Name]] : [])),
    async pass(seconds) {
      for (const endMs = clock.now() + seconds * 1000; clock.now() < endMs;) {
        // A jump, after which each timer fires once: every poll of an hour would take a minute.
        await clock.setTime(Math.min(endMs, clock.now() + 120_000));
        await clock.tick(0);
        for (const giveUpMs = performance.now() + 10_000; asking > 0 || (await isBusy());) {
          if (performance.now() > giveUpMs) throw new Error("An operation stays claimed, or due");
          // HTTP takes real time, and has no event here. What is busy without a call waits for its turn.
          if (asking > 0) await setTimeout(2);
          await clock.tick(0);
          if (asking === 0 && (await isBusy())) await clock.tick(20);
        }
      }
    },
    stop: () => queue.stop(),
  };
}
