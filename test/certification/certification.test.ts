import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newDatabase } from "@codegames/database";
import { defaultCatalogue, type Sandbox, slowProduct, startSandbox } from "@codegames/sandbox";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Answer, createCaller } from "./caller.ts";
import { type Fixtures, providerCases } from "./provider-cases.ts";
import { startSandboxProcess } from "./sandbox-process.ts";

const folder = mkdtempSync(join(tmpdir(), "codegames-certification-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Products with one key each, for the cases that sell the last key. */
const scarce = Array.from({ length: 20 }, (_, index) => ({
  id: BigInt(5000 + index),
  name: "One key",
  price: 50_000,
  partner_price: 45_000,
  keys: 1,
}));
const catalogue = [...defaultCatalogue, ...scarce];

const providers = {
  SQLite: { database: join(folder, "shop.db"), replay: false },
  "SQLite with replay": { database: join(folder, "replay.db"), replay: true },
  PostgreSQL: { database: undefined, replay: false },
};

describe.each(Object.entries(providers))("the sandbox on %s", (_, { database, replay }) => {
  let sandbox: Sandbox;
  let fixtures: Fixtures;
  const logged: string[] = [];
  const answers: Answer[] = [];

  let databaseOrUrl = database;
  const start = async () => {
    databaseOrUrl ??= await newDatabase(inject("databaseUrl"));
    sandbox = await startSandbox({
      database: databaseOrUrl,
      catalogue,
      replay,
      onError: (error) => logged.push(String(error)),
    });
    const callerOf = (authorization?: string) =>
      createCaller(sandbox.url, authorization, (answer) => answers.push(answer));
    return {
      merchant: callerOf("Bearer sandbox"),
      otherMerchant: callerOf("Bearer sandbox-2"),
      strangers: [callerOf(), callerOf("Bearer wrong")],
    };
  };

  beforeAll(async () => {
    const callers = await start();
    const books = database ? `${database}-of-processes` : await newDatabase(inject("databaseUrl"));
    const prices = new Map(catalogue.map(({ id, price }) => [String(id), price]));
    let taken = 0;
    const admin = (path: string, method: string, body: unknown) =>
      fetch(sandbox.adminUrl + path, { method, body: JSON.stringify(body) });
    fixtures = {
      ...callers,
      inStock: "1",
      outOfStock: "2",
      unknown: "999999",
      keyless: "4",
      withOneKey: async () => String(scarce[taken++]?.id),
      named: { product: "4", name: "Толтыру: әңғүұқөһі" },
      budgetMs: { check: 2000, pay: 2000 },
      priceOf: (product) => prices.get(product) ?? 50_000,
      changePrice: async (product, price) => void (await admin(`/products/${product}`, "PATCH", { price })),
      replays: replay,
      answers: () => answers,
      hooks: {
        binaryTrap: "5",
        int64Neighbour: "9007199254740992",
        failsAfterCommit: "1001",
        failsBeforeCommit: "1008",
        async slowPay(txnId) {
          const paying = fixtures.merchant.pay(String(slowProduct.id), 50_000, txnId);
          await new Promise((resolve) => setTimeout(resolve, 300));
          return async () => void (await paying);
        },
        async restart() {
          await sandbox.close();
          return Object.assign(fixtures, await start()).merchant;
        },
        salesOf: async (txnId) => (await sandbox.ledger()).filter((entry) => entry.txn_id === txnId).length,
        sales: async () => (await sandbox.ledger()).length,
        logs: () => logged.join("\n"),
        processes: {
          start: () => startSandboxProcess(books, replay),
          slowProduct: String(slowProduct.id),
          inSaleAfterMs: 500,
          leaseMs: 5000,
        },
      },
    };
  });

  afterAll(() => sandbox.close());

  test.each(providerCases)("$id $name", async ({ run }) => run(fixtures), 60_000);

  test("sells no key twice, and each transaction once", async () => {
    const ledger = await sandbox.ledger();
    expect(ledger.length).toBeGreaterThan(100);
    const keys = ledger.flatMap(({ key }) => key ?? []);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(ledger.map(({ merchant, txn_id }) => `${merchant} ${txn_id}`)).size).toBe(ledger.length);
  });
});

test("the cases are P01 to P51, each once", () => {
  expect(providerCases.map(({ id }) => id)).toEqual(
    Array.from({ length: 51 }, (_, index) => `P${String(index + 1).padStart(2, "0")}`),
  );
});
