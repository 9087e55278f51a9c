// Over 250 lines because it is one table, P01 to P51: what a provider must get right, as black-box cases over HTTP.
// Nothing here knows the sandbox: fixtures and hooks say where the provider is and what it sells.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { deviationsOf } from "./answer-deviations.ts";
import type { Answer, Caller } from "./caller.ts";
import { endWithPayUnderWay, freezeInSale, type Processes } from "./process-cases.ts";

export interface Fixtures {
  merchant: Caller;
  /** Another merchant of the same provider. */
  otherMerchant: Caller;
  /** The same provider without credentials, and with wrong ones. */
  strangers: readonly Caller[];
  /** Product ids, as written in JSON. */
  inStock: string;
  outOfStock: string;
  unknown: string;
  /** Returns a new product with exactly one key on each call; P04, P10 and P14 need it. */
  withOneKey(): Promise<string>;
  /** A product that is sold without a key. */
  keyless: string;
  /** A product with letters beyond ASCII in its name, and the name. */
  named: { product: string; name: string };
  /** The slowest call that the provider promises, in milliseconds. */
  budgetMs: { check: number; pay: number };
  /** The price of a product that can be bought. */
  priceOf(productId: string): number;
  changePrice(productId: string, price: number): Promise<void>;
  /** Whether the provider answers an exact repeat with its first answer (interpretation A5). */
  replays: boolean;
  /** All answers of the provider to the callers here, since the beginning. */
  answers(): readonly Answer[];
  hooks?: Partial<Hooks>;
}

/** Abilities that only the operator of the provider has. */
export interface Hooks {
  /** A product whose price a double cannot hold, such as 4.35. */
  binaryTrap: string;
  /** Product id 2^53; the provider must not confuse it with 2^53 + 1. */
  int64Neighbour: string;
  /** A product whose first pay fails after the sale is committed. */
  failsAfterCommit: string;
  /** A product whose first pay fails before the sale is committed. */
  failsBeforeCommit: string;
  /** Starts a pay that stays undecided for a while; the returned function waits for its answer. */
  slowPay(txnId: string): Promise<() => Promise<void>>;
  restart(): Promise<Caller>;
  /** The number of sales under one `txn_id`. */
  salesOf(txnId: string): Promise<number>;
  /** The number of all sales. */
  sales(): Promise<number>;
  /** Everything that the provider has logged. */
  logs(): string;
  processes: Processes;
}

export interface ProviderCase {
  id: string;
  name: string;
  /** The hook that the case needs; without it a kit skips the case and says so. */
  needs?: keyof Hooks;
  /** Whether a kit reports a failure as a warning. */
  isWarning?: boolean;
  run(fixtures: Fixtures): Promise<void>;
}

const newTxnId = () => `certification-${randomUUID()}`;

const assertStatus = (answer: Answer, ...statuses: string[]) => {
  assert.equal(answer.code, 200, `${answer.code} ${answer.text}`);
  assert.ok(statuses.includes(answer.body?.status), `status must be ${statuses.join(" or ")}, is ${answer.text}`);
};

const assertRefusedRequest = (answer: Answer) => {
  assert.ok(answer.code >= 400 && answer.code < 500, `must be HTTP 4xx, is ${answer.code} ${answer.text}`);
  assert.doesNotMatch(answer.text, /\n\s+at |node_modules|Error:/);
};

const buy = async ({ merchant, inStock, priceOf }: Fixtures, txnId = newTxnId()) => {
  const answer = await merchant.pay(inStock, priceOf(inStock), txnId);
  assertStatus(answer, "OK");
  return { txnId, answer };
};

/** An exact repeat of a pay that was sold (interpretations A4, A5). */
const assertRepeat = (answer: Answer, first: Answer, replays: boolean) => {
  if (!replays) assertStatus(answer, "TXN_DUPLICATE");
  else assert.deepEqual(answer.body, first.body);
};

const assertUnsold = async ({ merchant }: Fixtures, txnId: string) =>
  assertStatus(await merchant.status(txnId), "TXN_NOT_FOUND", "TXN_CANCELED");

/** Asks for the status every 50 ms until it is decided, at most 100 times. */
const waitForStatus = async (merchant: Caller, txnId: string): Promise<Answer> => {
  for (let tries = 0; ; tries++) {
    const answer = await merchant.status(txnId);
    if (answer.code < 500 || tries === 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

export const providerCases: ProviderCase[] = [
  {
    id: "P01",
    name: "check in stock",
    async run({ merchant, inStock }) {
      const answer = await merchant.check(inStock);
      assertStatus(answer, "OK");
      const { id, name, price } = answer.body.product;
      assert.equal(String(id), inStock);
      assert.ok(name && price > 0 && Number.isFinite(price) && Math.round(price * 100) / 100 === price);
    },
  },
  {
    id: "P02",
    name: "check unknown",
    run: async ({ merchant, unknown }) => assertStatus(await merchant.check(unknown), "PRODUCT_NOT_FOUND"),
  },
  {
    id: "P03",
    name: "check out of stock",
    run: async ({ merchant, outOfStock }) => assertStatus(await merchant.check(outOfStock), "PRODUCT_OUT_OF_STOCK"),
  },
  {
    id: "P04",
    name: "check has no effect",
    async run({ merchant, withOneKey, priceOf }) {
      const product = await withOneKey();
      for (let times = 0; times < 20; times++) assertStatus(await merchant.check(product), "OK");
      assertStatus(await merchant.pay(product, priceOf(product), newTxnId()), "OK");
    },
  },
  {
    id: "P05",
    name: "check leaks nothing (D12)",
    run: async ({ merchant, inStock }) => assert.doesNotMatch((await merchant.check(inStock)).text, /productKey/),
  },
  {
    id: "P06",
    name: "pay",
    async run(fixtures) {
      const { answer } = await buy(fixtures);
      assert.ok(answer.body.partner_txn_id);
      assert.equal(String(answer.body.product.id), fixtures.inStock);
      assert.ok(answer.body.product.productKey);
    },
  },
  {
    id: "P07",
    name: "status after pay",
    async run(fixtures) {
      const { txnId, answer } = await buy(fixtures);
      const status = await fixtures.merchant.status(txnId);
      assertStatus(status, "OK");
      assert.equal(status.body.partner_txn_id, answer.body.partner_txn_id);
    },
  },
  {
    id: "P08",
    name: "exact repeat (A5)",
    async run(fixtures) {
      const { txnId, answer } = await buy(fixtures);
      assertRepeat(
        await fixtures.merchant.pay(fixtures.inStock, fixtures.priceOf(fixtures.inStock), txnId),
        answer,
        fixtures.replays,
      );
      assert.equal((await fixtures.hooks?.salesOf?.(txnId)) ?? 1, 1);
    },
  },
  {
    id: "P09",
    name: "repeat after price change (A3)",
    async run(fixtures) {
      const { merchant, inStock, priceOf, changePrice, replays } = fixtures;
      const price = priceOf(inStock);
      const { txnId, answer } = await buy(fixtures);
      await changePrice(inStock, price + 1);
      try {
        assertRepeat(await merchant.pay(inStock, price, txnId), answer, replays);
      } finally {
        await changePrice(inStock, price);
      }
    },
  },
  {
    id: "P10",
    name: "repeat after stock-out (A3)",
    async run({ merchant, withOneKey, priceOf, replays }) {
      const [product, txnId] = [await withOneKey(), newTxnId()];
      const first = await merchant.pay(product, priceOf(product), txnId);
      assertStatus(first, "OK");
      assertRepeat(await merchant.pay(product, priceOf(product), txnId), first, replays);
    },
  },
  {
    id: "P11",
    name: "same txn, other product (A4)",
    async run(fixtures) {
      const { txnId } = await buy(fixtures);
      const answer = await fixtures.merchant.pay(fixtures.keyless, fixtures.priceOf(fixtures.keyless), txnId);
      assertStatus(answer, "TXN_DUPLICATE");
      assert.doesNotMatch(answer.text, /productKey/);
    },
  },
  {
    id: "P12",
    name: "same txn, other price (A4)",
    async run(fixtures) {
      const { txnId } = await buy(fixtures);
      assertStatus(
        await fixtures.merchant.pay(fixtures.inStock, fixtures.priceOf(fixtures.inStock) + 1, txnId),
        "TXN_DUPLICATE",
      );
    },
  },
  {
    id: "P13",
    name: "20 identical pays at once (A6)",
    async run({ merchant, inStock, priceOf, replays, hooks }) {
      const txnId = newTxnId();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => merchant.pay(inStock, priceOf(inStock), txnId)),
      );
      const sold = answers.filter(({ body }) => body?.status === "OK");
      if (replays) assert.equal(new Set(sold.map(({ text }) => text)).size, 1);
      else assert.equal(sold.length, 1);
      for (const answer of answers)
        assert.ok(answer.code === 503 || ["OK", "TXN_DUPLICATE"].includes(answer.body?.status), answer.text);
      assert.equal((await hooks?.salesOf?.(txnId)) ?? 1, 1);
    },
  },
  {
    id: "P14",
    name: "race for the last key (A6)",
    async run({ merchant, withOneKey, priceOf }) {
      const product = await withOneKey();
      const answers = await Promise.all(
        [newTxnId(), newTxnId()].map((txnId) => merchant.pay(product, priceOf(product), txnId)),
      );
      assert.deepEqual(answers.map(({ body }) => String(body?.status)).toSorted(), ["OK", "PRODUCT_OUT_OF_STOCK"]);
    },
  },
  {
    id: "P15",
    name: "distinct keys",
    async run(fixtures) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => buy(fixtures)));
      assert.equal(new Set(answers.map(({ answer }) => answer.body.product.productKey)).size, 50);
      assert.equal(new Set(answers.map(({ answer }) => answer.body.partner_txn_id)).size, 50);
    },
  },
  ...(
    [
      ["P16", "price too low or too high", 1],
      ["P17", "one minor unit off", 0.01],
    ] as const
  ).map(([id, name, step]): ProviderCase => ({
    id,
    name,
    async run({ merchant, inStock, priceOf }) {
      for (const price of [priceOf(inStock) - step, priceOf(inStock) + step]) {
        const answer = await merchant.pay(inStock, price.toFixed(2), newTxnId());
        assertStatus(answer, "WRONG_PRICE");
        assert.doesNotMatch(answer.text, /productKey/);
      }
    },
  })),
  {
    id: "P18",
    name: "third decimal",
    async run({ merchant, inStock, priceOf }) {
      const answer = await merchant.pay(inStock, (priceOf(inStock) + 0.001).toFixed(3), newTxnId());
      assert.ok(answer.code === 400 || answer.body?.status === "WRONG_PRICE", answer.text);
    },
  },
  {
    id: "P19",
    name: "equal literals (D5)",
    async run({ merchant, inStock, priceOf }) {
      const price = priceOf(inStock);
      for (const literal of [`${price}`, price.toFixed(1), price.toFixed(2), price.toExponential()]) {
        assertStatus(await merchant.pay(inStock, literal, newTxnId()), "OK");
      }
    },
  },
  {
    id: "P20",
    name: "binary traps",
    needs: "binaryTrap",
    async run({ merchant, priceOf, hooks }) {
      const product = hooks?.binaryTrap ?? "";
      assertStatus(await merchant.pay(product, priceOf(product).toFixed(2), newTxnId()), "OK");
      assertStatus(await merchant.pay(product, (priceOf(product) + 0.01).toFixed(2), newTxnId()), "WRONG_PRICE");
    },
  },
  {
    id: "P21",
    name: "pay unknown",
    run: async ({ merchant, unknown }) => assertStatus(await merchant.pay(unknown, 1, newTxnId()), "PRODUCT_NOT_FOUND"),
  },
  {
    id: "P22",
    name: "pay out of stock",
    run: async ({ merchant, outOfStock, priceOf }) =>
      assertStatus(await merchant.pay(outOfStock, priceOf(outOfStock), newTxnId()), "PRODUCT_OUT_OF_STOCK"),
  },
  {
    id: "P23",
    name: "status after refusal (A7)",
    async run(fixtures) {
      const { merchant, inStock, outOfStock, unknown, priceOf } = fixtures;
      for (const [product, price] of [
        [inStock, priceOf(inStock) + 1],
        [unknown, 1],
        [outOfStock, priceOf(outOfStock)],
      ] as const) {
        const txnId = newTxnId();
        await merchant.pay(product, price, txnId);
        await assertUnsold(fixtures, txnId);
      }
    },
  },
  {
    id: "P24",
    name: "refused id, corrected price (A7)",
    async run({ merchant, inStock, priceOf }) {
      const txnId = newTxnId();
      assertStatus(await merchant.pay(inStock, priceOf(inStock) + 1, txnId), "WRONG_PRICE");
      const answers = [
        await merchant.pay(inStock, priceOf(inStock), txnId),
        await merchant.pay(inStock, priceOf(inStock), txnId),
      ];
      for (const answer of answers) assertStatus(answer, "OK", "TXN_DUPLICATE");
    },
  },
  {
    id: "P25",
    name: "status unknown (E3)",
    run: async ({ merchant }) => assertStatus(await merchant.status(newTxnId()), "TXN_NOT_FOUND"),
  },
  {
    id: "P26",
    name: "status before pay",
    async run(fixtures) {
      const txnId = newTxnId();
      assertStatus(await fixtures.merchant.status(txnId), "TXN_NOT_FOUND");
      await buy(fixtures, txnId);
      assertStatus(await fixtures.merchant.status(txnId), "OK");
    },
  },
  {
    id: "P27",
    name: "status repeatable",
    async run(fixtures) {
      const { txnId } = await buy(fixtures);
      const texts = new Set<string>();
      for (let times = 0; times < 50; times++) texts.add((await fixtures.merchant.status(txnId)).text);
      assert.equal(texts.size, 1);
      assert.doesNotMatch([...texts].join(), /productKey/);
    },
  },
  {
    id: "P28",
    name: "disconnect mid-pay (B13)",
    async run({ merchant, inStock, priceOf, hooks }) {
      const txnId = newTxnId();
      await merchant.abandonPay(inStock, priceOf(inStock), txnId);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const first = await waitForStatus(merchant, txnId);
      assertStatus(first, "OK", "TXN_CANCELED", "TXN_NOT_FOUND");
      assert.equal((await waitForStatus(merchant, txnId)).text, first.text);
      if (first.body.status === "OK")
        assertStatus(await merchant.pay(inStock, priceOf(inStock), txnId), "TXN_DUPLICATE", "OK");
      assert.ok(((await hooks?.salesOf?.(txnId)) ?? 1) <= 1);
    },
  },
  {
    id: "P29",
    name: "status during slow pay (B4)",
    needs: "slowPay",
    async run({ merchant, hooks }) {
      const txnId = newTxnId();
      const end = await hooks?.slowPay?.(txnId);
      const during = await merchant.status(txnId);
      await end?.();
      assert.ok(during.code >= 500, `must be HTTP 5xx, is ${during.code} ${during.text}`);
      assertStatus(await waitForStatus(merchant, txnId), "OK");
    },
  },
  {
    id: "P30",
    name: "fail after commit (B13)",
    needs: "failsAfterCommit",
    async run({ merchant, priceOf, hooks }) {
      const [product, txnId] = [hooks?.failsAfterCommit ?? "", newTxnId()];
      assert.ok((await merchant.pay(product, priceOf(product), txnId)).code >= 500);
      assertStatus(await waitForStatus(merchant, txnId), "OK");
    },
  },
  {
    id: "P31",
    name: "fail before commit (B13)",
    needs: "failsBeforeCommit",
    async run(fixtures) {
      const { merchant, priceOf, hooks } = fixtures;
      const [product, txnId] = [hooks?.failsBeforeCommit ?? "", newTxnId()];
      assert.ok((await merchant.pay(product, priceOf(product), txnId)).code >= 500);
      await assertUnsold(fixtures, txnId);
      assert.equal((await hooks?.salesOf?.(txnId)) ?? 0, 0);
    },
  },
  {
    id: "P32",
    name: "restart (B13)",
    needs: "restart",
    async run(fixtures) {
      const { txnId, answer } = await buy(fixtures);
      const merchant = (await fixtures.hooks?.restart?.()) ?? fixtures.merchant;
      const status = await waitForStatus(merchant, txnId);
      assertStatus(status, "OK");
      assert.equal(status.body.partner_txn_id, answer.body.partner_txn_id);
      assertRepeat(
        await merchant.pay(fixtures.inStock, fixtures.priceOf(fixtures.inStock), txnId),
        answer,
        fixtures.replays,
      );
    },
  },
  {
    id: "P33",
    name: "int64 neighbours (D9)",
    needs: "int64Neighbour",
    async run({ merchant, hooks }) {
      const id = BigInt(hooks?.int64Neighbour ?? 0);
      assertStatus(await merchant.check(String(id)), "OK");
      assertStatus(await merchant.check(String(id + 1n)), "PRODUCT_NOT_FOUND");
    },
  },
  {
    id: "P34",
    name: "int64 bounds (D9)",
    async run({ merchant }) {
      assertStatus(await merchant.check("9223372036854775807"), "PRODUCT_NOT_FOUND");
      assertRefusedRequest(await merchant.check("9223372036854775808"));
    },
  },
  {
    id: "P35",
    name: "bad product_id",
    async run({ merchant }) {
      for (const id of ['"x"', "1.5", "null"]) assertRefusedRequest(await merchant.check(id));
      assertRefusedRequest(await merchant.send("/check", "{}"));
    },
  },
  {
    id: "P36",
    name: "bad txn_id (A8)",
    async run({ merchant, inStock, priceOf, hooks }) {
      const body = (txnId: string) => `{"product_id":${inStock},"price":${priceOf(inStock)}${txnId}}`;
      const before = await hooks?.sales?.();
      for (const txnId of [',"txn_id":""', ',"txn_id":null', ',"txn_id":7', ""])
        assertRefusedRequest(await merchant.send("/pay", body(txnId)));
      assert.equal(await hooks?.sales?.(), before);
    },
  },
  {
    id: "P37",
    name: "txn_id is opaque (A8)",
    async run(fixtures) {
      const base = newTxnId();
      for (const pair of [
        ["007", "7"],
        ["Ab", "ab"],
        ["a ", "a"],
      ])
        for (const id of pair) await buy(fixtures, `${base}:${id}`);
    },
  },
  {
    id: "P38",
    name: "txn_id length and Unicode (A8)",
    async run(fixtures) {
      const { merchant, inStock, priceOf } = fixtures;
      for (const id of ["x".repeat(36), "y".repeat(128), "Қазақша-заказ"]) {
        const txnId = (newTxnId() + id).slice(-Math.max(id.length, 36));
        const answer = await merchant.pay(inStock, priceOf(inStock), txnId);
        if (answer.code < 400) {
          assertStatus(answer, "OK");
          assertStatus(await merchant.status(txnId), "OK");
          assertStatus(await merchant.status(txnId.slice(0, -1)), "TXN_NOT_FOUND");
        } else assertRefusedRequest(answer);
      }
    },
  },
  {
    id: "P39",
    name: "malformed JSON",
    run: async ({ merchant }) => assertRefusedRequest(await merchant.send("/check", '{"product_id":')),
  },
  {
    id: "P40",
    name: "method, type, size (E11)",
    async run({ merchant }) {
      assert.equal((await merchant.send("/check", undefined, { method: "GET" })).code, 405);
      assert.equal((await merchant.send("/check", '{"product_id":1}', { type: "text/plain" })).code, 415);
      assert.equal((await merchant.send("/check", `{"product_id":1${" ".repeat(1_000_000)}}`)).code, 413);
    },
  },
  {
    id: "P41",
    name: "unknown fields (D16)",
    async run({ merchant, inStock }) {
      assertStatus(
        await merchant.send(
          "/check",
          `{"product_id":${inStock},"extra":{"a":[1]},"__proto__":{"status":"OK"},"constructor":1}`,
        ),
        "OK",
      );
    },
  },
  {
    id: "P42",
    name: "no or wrong credentials (E1)",
    async run({ merchant, strangers, inStock, priceOf }) {
      for (const stranger of strangers) {
        const txnId = newTxnId();
        const answer = await stranger.pay(inStock, priceOf(inStock), txnId);
        assert.ok([401, 403].includes(answer.code), String(answer.code));
        assert.notEqual(typeof answer.body?.status, "string");
        assertStatus(await merchant.status(txnId), "TXN_NOT_FOUND");
      }
    },
  },
  {
    id: "P43",
    name: "merchant isolation (E3, A8)",
    async run(fixtures) {
      const { otherMerchant } = fixtures;
      const { txnId, answer } = await buy(fixtures);
      assertStatus(await otherMerchant.status(txnId), "TXN_NOT_FOUND");
      const other = await buy({ ...fixtures, merchant: otherMerchant }, txnId);
      assert.notEqual(other.answer.body.partner_txn_id, answer.body.partner_txn_id);
    },
  },
  {
    id: "P44",
    name: "no redirects, no cache (E11, C10)",
    async run({ merchant, inStock, unknown, named, priceOf }) {
      const spelled = await merchant.check(named.product);
      assert.equal(spelled.body.product.name, named.name);
      assert.match(spelled.headers.get("content-type") ?? "", /^application\/json(; *charset=utf-8)?$/i);
      const answers = [
        await merchant.check(inStock),
        await merchant.check(unknown),
        await merchant.pay(inStock, priceOf(inStock), newTxnId()),
        await merchant.pay(inStock, priceOf(inStock), "Әңғүұқөһі".padEnd(36, newTxnId())),
        await merchant.status(newTxnId()),
        await merchant.send("/check", "{"),
      ];
      for (const { code, headers } of answers) {
        assert.ok(code < 300 || code >= 400, String(code));
        assert.match(headers.get("cache-control") ?? "", /no-store/);
      }
    },
  },
  {
    id: "P45",
    name: "a business result is never 5xx",
    async run({ merchant, inStock, outOfStock, unknown, priceOf }) {
      const answers = [
        await merchant.check(unknown),
        await merchant.pay(inStock, priceOf(inStock) + 1, newTxnId()),
        await merchant.pay(outOfStock, priceOf(outOfStock), newTxnId()),
        await merchant.status(newTxnId()),
      ];
      for (const { code } of answers) assert.equal(code, 200);
    },
  },
  {
    id: "P46",
    name: "latency",
    async run(fixtures) {
      const { merchant, inStock, budgetMs } = fixtures;
      const slowest = async (times: number, call: () => Promise<unknown>) => {
        let longest = 0;
        for (; times > 0; times--) {
          const startedAt = performance.now();
          await call();
          longest = Math.max(longest, performance.now() - startedAt);
        }
        return longest;
      };
      assert.ok((await slowest(50, () => merchant.check(inStock))) < budgetMs.check, "check is over its budget");
      assert.ok((await slowest(20, () => buy(fixtures))) < budgetMs.pay, "pay is over its budget");
    },
  },
  {
    id: "P47",
    name: "status is monotonic",
    async run(fixtures) {
      const { txnId } = await buy(fixtures);
      for (let times = 0; times < 20; times++) {
        assertStatus(await fixtures.merchant.status(txnId), "OK");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  },
  {
    id: "P48",
    name: "secret hygiene (E4)",
    needs: "logs",
    async run(fixtures) {
      const { merchant, inStock, priceOf, hooks } = fixtures;
      const { txnId, answer } = await buy(fixtures);
      const canary = String(answer.body.product.productKey);
      const answers = [
        await merchant.status(txnId),
        await merchant.pay(inStock, priceOf(inStock) + 1, txnId),
        await merchant.check(inStock),
        await merchant.send("/pay", '{"product_id":"x","price":1,"txn_id":"x"}'),
        await merchant.send("/status", "{"),
        ...(hooks?.failsAfterCommit
          ? [await merchant.pay(hooks.failsAfterCommit, priceOf(hooks.failsAfterCommit), newTxnId())]
          : []),
      ];
      for (const { text, headers } of answers) assert.ok(!`${text}${JSON.stringify([...headers])}`.includes(canary));
      assert.ok(!(hooks?.logs?.() ?? "").includes(canary));
    },
  },
  {
    id: "P49",
    name: "answers as the contract has them (D17, D19, C13)",
    isWarning: true,
    async run(fixtures) {
      const { merchant, inStock, unknown, outOfStock, priceOf, answers } = fixtures;
      const { txnId } = await buy(fixtures);
      await merchant.check(inStock);
      await merchant.check(unknown);
      await merchant.pay(outOfStock, priceOf(outOfStock), newTxnId());
      await merchant.status(txnId);
      await merchant.status(newTxnId());
      assert.deepEqual([...new Set(answers().flatMap(deviationsOf))], []);
    },
  },
  {
    id: "P50",
    name: "end of the provider (B14)",
    needs: "processes",
    run: async ({ hooks, ...fixtures }) => {
      if (hooks?.processes) await endWithPayUnderWay(fixtures, hooks.processes);
    },
  },
  {
    id: "P51",
    name: "who lost the lease (B13)",
    needs: "processes",
    run: async ({ hooks, ...fixtures }) => {
      if (hooks?.processes) await freezeInSale(fixtures, hooks.processes);
    },
  },
];
